"""Terminal: what people read in one; imports no other room.

safe_text.py   text from models, files and users, with nothing in it that a terminal obeys
safe_output.py what all commands print through; warnings of libraries, escaped likewise
combining_marks.py  letters and their marks as one character, where there is one
progress.py    progress lines, bars, durations and warnings on stderr
tables.py      rows of text in aligned columns
pager.py       pages of safe text, one screen at a time
"""
