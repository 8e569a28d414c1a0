import re
from typing import Any
from xml.etree import ElementTree

from lab.genealogy import family_tree
from lab.genealogy.pedigree import read_pedigree

NASTY = "<b>\"&'\x1b[31m\n]"


def test_mermaid_names_every_box_and_arrow(family: Any) -> None:
    lines = family_tree.render_tree_mermaid(
        read_pedigree(family.root), family.ids["child"]
    ).splitlines()
    assert lines[0] == "flowchart TD"
    boxes = [line for line in lines if re.fullmatch(r'  n\d+\["[^"]+"\]', line)]
    arrows = [line for line in lines if re.fullmatch(r"  n\d+ --> n\d+", line)]
    assert (len(boxes), len(arrows)) == (6, 6)


def test_the_svg_is_well_formed_with_a_box_each(family: Any) -> None:
    root = ElementTree.fromstring(
        family_tree.render_tree_svg(read_pedigree(family.root), family.ids["child"])
    )
    tags = [element.tag.split("}")[1] for element in root.iter()]
    assert (tags.count("rect"), tags.count("line")) == (6, 6)
    subject = [g for g in root.iter() if "subject" in g.get("class", "")]
    assert [t.text for t in subject[0].iter() if t.text][0] == "child"


def test_every_line_of_a_box_lies_within_it(family: Any) -> None:
    long, name = family.born("long", "child", "right", operator="ancestor_arithmetic"), "m" * 64
    pedigree = read_pedigree(family.root)
    pedigree.graph.nodes[long]["name"] = name
    root = ElementTree.fromstring(family_tree.render_tree_svg(pedigree, long))
    boxes = [g for g in root.iter() if g.tag.endswith("}g")]
    width = float(boxes[0][0].get("width", 0))
    told = [[str(text.text) for text in box[1:]] for box in boxes]
    assert all(7.3 * len(line) < width for lines in told for line in lines)
    assert ["m" * 35 + "…", "bred ancestor_arithmetic", long[:8]] in told
    wide = float(str(root.get("viewBox")).split()[2])
    assert all(float(box.get("transform", "").split("(")[1].split()[0]) + width < wide
               for box in boxes)  # fmt: skip


def test_no_name_breaks_out_of_a_drawing(family: Any) -> None:
    nasty = family.born("nasty", "child")
    pedigree = read_pedigree(family.root)
    pedigree.graph.nodes[nasty]["name"] = NASTY
    mermaid = family_tree.render_tree_mermaid(pedigree, nasty)
    assert "<b>" not in mermaid and mermaid.count('"') == 2 * (len(pedigree.graph) - 2)
    root = ElementTree.fromstring(family_tree.render_tree_svg(pedigree, nasty))
    assert any(
        element.text == NASTY.replace("\x1b", "?").replace("\n", "?") for element in root.iter()
    )
