"""Models: genotypes, forward passes of three kinds of transformer, and individuals on disk.

architecture      a model's shape and forward-pass constants, as checked data
causal_attention  softmax attention by query blocks or PyTorch's fused kernel
checkpoints       the folders that a training run saves individuals in, and their removal
final_individual  which individual a finished run's result names, and how to make it again
genotype          all weights of a model as one matrix of rows and one vector of scales
hypersphere       normalize, angles, geodesics (slerp), log and exp maps on the unit sphere
individual        a model on disk, with its genotype, birth certificate and training state
individual_id     the sha256 over weights and certificate, by the certificate's format
initial_scales    the values that each kind of scale is initialised to
llama             the forward pass over a genotype of free rows, RMSNorm, rotary positions, SwiGLU
locate            where an individual may lie, in a folder or on the Hugging Face hub
missing_weights   the error text for a finished run of which no checkpoint is kept
network           the forward pass of an architecture, by the module of its kind
ngpt              the forward pass of the normalized transformer over a genotype
numba_pointwise   the pointwise operations by compiled loops, with gradients
numba_slerp       rows interpolated by the compiled loop
parameter_spec    the scale blocks of each kind of model, and whether rows are unit
pointwise         the operations between an nGPT's products, by torch's operators
residual          a branch moves the stream linearly or along a geodesic
rotary            rotary position embedding
sandwich          the forward pass with RMSNorm on both sides of each branch, for plamo3
serialization     tensors and birth certificates as bytes, parsed and checked
weight_averages   the averages saved beside an individual, as genotypes
foreign/          checkpoints of other programs, read as genotypes
"""
