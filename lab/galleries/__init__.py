"""Galleries: the drawings of artists, their novelty and validity, and their pages.

artist             an individual with its training corpora, and the pieces that it draws
attribution        the parent that predicts each character of a child's drawing best
gallery_file       the drawings of a gallery, one JSON object a line, parsed as untrusted data
generate           prompts encoded, sampled and decoded, by label, freely or from a text
novelty            the similarity of a drawing to its nearest training piece
page               a gallery as one self-contained HTML file (page.html, page.css, page.js)
piece_view         the template data of one piece, as visible text
reference_corpora  the training pieces that drawings are compared with
reproduce          checks that a line can be drawn again, and the differences
sheet              a gallery written as JSON lines and as a Markdown page
text_wrap          running text of a gallery folded to a column width
validity           whether a drawing is finished and fits the corpus' width and characters
"""
