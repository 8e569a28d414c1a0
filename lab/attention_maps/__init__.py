"""A frozen attention head as a display: an input is found under which it shows a picture."""
