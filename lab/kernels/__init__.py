"""Kernels: loops compiled by Numba for a CPU, an optional extra; torch is oracle and fallback.

numba_options         whether the extra `fast` is installed, and how its functions are compiled
decoding_step         one decoding step of an nGPT: all of it, or what stands between its products
pointwise_math        the operations between an nGPT's products, and their gradients
slerp_kernel          rows interpolated along geodesics in one pass
vector_math           exponentials and norms of float32 rows that the compiler vectorizes

Lam, Pitrou and Seibert 2015, "Numba: a LLVM-based Python JIT compiler", LLVM-HPC.
"""
