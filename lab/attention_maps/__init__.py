"""Attention maps: pictures shown in the attention maps of frozen transformers.

adam_baseline         the original method, Adam on every number of an input
bert_npz              the first attention layer of a BERT-like encoder, read from an .npz file
decode_picture        attention maps back to pixels, by our reference column or by z-scores
denormals             floating-point numbers too small for a CPU's fast path, flushed to zero
frame_source          the frames of a video or of a folder of images, as tensors
gauge                 among all factors with equal products, the ones of least norm for a head
image_metrics         PSNR, SSIM and IoU of a displayed picture, and the original's loss
images                files, drawings and texts as square bitmaps, and bitmaps as files
interfaces            the protocol of an attention layer, and the linear maps of a head
lab_layers            an attention layer of one of the lab's own models, of any kind
layernorm_layer       attention behind LayerNorm or RMSNorm, as in GPT-2, BERT and LLaMA
lbfgs_refine          a head's queries and keys refined by L-BFGS on a sphere
low_rank_factors      queries and keys fitted to scores by alternating least squares
minimum_norm_input    the shortest input from which heads read given queries and keys
model_layer           a layer paired with the forward pass of its model
norm_constrained_lsq  scores fitted at fixed contrast within an input's norm budget
npz_arrays            the wanted arrays of an .npz file, bounded by their headers
npy_stream            an array file that grows by one frame at a time and stays readable
qknorm_layer          attention with normalised queries and keys, as in nGPT and Qwen3
resolve_inputs        names to layers, files to bitmaps
run_display           pictures placed, run through the real model and measured
score_targets         the attention scores of a head whose softmax shows a picture
shadow_film           a test animation of six scenes drawn from signed distance functions
split_pictures        images cut into the triangles that causal heads show
transformers_layers   attention layers of Hugging Face models
transformers_models   models of Hugging Face, and their attention maps
"""
