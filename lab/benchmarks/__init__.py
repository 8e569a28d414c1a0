"""Benchmarks: the lab's code beside a peer in one process; one file a subject.

breeding            row-wise slerp beside mergekit's slerp and the memory bandwidth
display             attention-map display beside the original's Adam, on the same frames
display_methods     the original's Adam and our solvers, timed and measured on frames
engines             the same film decoded by llama.cpp
film                CPU seconds to decode one frame of a film, by each decoding method
fitness             children scored per second beside nGPT-pytorch's own model
loops               the lab's training step and nGPT-pytorch's, under one interface
oracle_decoding     speculative decoding timed with a model that is always right
population_scoring  the time to score children one by one, or by racing
process_memory      the peak memory of a training loop in a process of its own
product_replay      a training step's matrix products alone, as the time no step can go below
related_models      two parents trained from one ancestor, and held-out windows
sampling            the cached sampler beside nGPT-pytorch's decoding
scorers             loss per character by nGPT-pytorch's model and by the lab's
training            the training loop beside nGPT-pytorch's
"""
