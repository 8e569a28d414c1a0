"""Films: memorised films decoded frame by frame, scored, played and rendered.

accuracy         the share of a film's characters that greedy decoding reproduces
frame_generator  the frames of a memorised film, decoded from an individual by number
frame_view       frames as printable cells, the model's beside the truth with errors marked
player           film playback in a terminal, with pause and seek, while the model still writes
render           a film of characters rasterised to an animated GIF or a video
"""
