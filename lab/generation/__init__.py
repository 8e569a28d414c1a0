"""Generation: sampling and greedy decoding with a key-value cache.

batch_decoder         KV-cached decoding of many sequences of any kind of model, one id a step
build_decoder         the fastest decoder for a model and an amount of work
draft_proposer        a context-model draft for speculative decoding of a film's frames
kv_cache              keys and values of a sequence, extended by several ids a pass and rewound
ngpt_decoder          the KV-cached decoding step of an nGPT, written out with reused buffers
numba_decoder         the same step by compiled loops on a CPU, with the extra `fast`
sampler               many sequences sampled in a batch, each reproducible from its own random seed
speculative_decoding  greedy decoding that verifies drafted ids
token_sampling        temperature, top-k, top-p, min-p; draws certified against rounding
"""
