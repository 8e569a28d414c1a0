"""Storage: files and folders that survive kills, full disks and power cuts; imports no other room.

atomic_file.py       the one durable writer: temporary name, fsync, rename, fsync of the folder
append_log.py        the one append-and-fsync log, of checksummed JSON lines
bounded_reader.py    regular files and JSON from elsewhere: size, depth and types checked
bounded_yaml.py      configs without aliases
contained_names.py   names that are no paths; links that nothing is written through
packed_records.py    the text files of finished runs in one compressed file
verified_folder.py   a folder with the size and sha256 of each file, checked when it is read
"""
