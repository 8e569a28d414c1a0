"""Corpora: datasets in three splits, with vocabulary, framing, batches and fingerprint.

apehex           a dataset of 5,293 hand-drawn ASCII pieces in 27 categories, with captions
art_formats      the drawings in a text, by the kind of file: plain, cowsay, FIGlet
batches          random windows of a text, or rows packed with whole drawings, as training input
data_folder      the data folder, the cache folder, locks and verified files
dataset          a corpus as the training loop reads it: batches, windows and prompts
downloads        HTTP downloads that resume
drawing          one labelled piece of ASCII art, and the normal form in which a corpus holds it
drawing_corpus   labelled drawings in three splits; the bestiary and the user's own files
embedded_film    an animation drawn from signed distance functions, 72 frames of characters
enwik8           the first 100,000,000 bytes of English Wikipedia
enwik8_download  the verified file, located, unpacked or fetched
film             frames of characters, all of equal size, and their text format
film_corpus      one film to memorise, frame by frame
filtering        which pieces a corpus keeps, and the count dropped by reason
framing          a drawing as one string with start, label and end delimiters
hub_datasets     datasets of the Hugging Face hub, at one commit, with a record of it
mrzjy            a dataset of ASCII art rendered from photographs and sketches, with captions
omissions        what of a corpus is not learned and why, in lines
splits           train, select and report sets without near duplicates across them
text_encodings   bytes decoded as UTF-8, Latin-1, CP437, UTF-16, or as it seems
text_corpus      running text in three splits; the user's own files
user_files       text files found below a path, decoded, and those that cannot be
video_reader     a video that PyAV decodes, as frames of characters
video_writer     pictures encoded as an animated GIF or an MP4 file
vocabulary       the ordered characters that a model reads and writes, one id each
bestiary/        an embedded dataset of drawings

Plain functions of paths and values. Nothing of the lab but storage and terminal is imported.
"""
