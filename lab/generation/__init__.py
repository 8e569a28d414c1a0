"""Generation: sampling and greedy decoding with a key-value cache.

batch_decoder         KV-cached decoding of many sequences of any kind of model, one id a step
draft_proposer        a context-model draft for speculative decoding of a film's frames
kv_cache              keys and values of a sequence, extended by several ids a pass and rewound
ngpt_decoder          the KV-cached decoding step of an nGPT, written out with reused buffers
sampler               many sequences sampled in a batch, each reproducible from its own random seed
speculative_decoding  greedy decoding that verifies drafted ids
token_sampling        temperature, top-k, top-p, min-p; draws certified against rounding
"""
