"""Exports: an artist as a file that other engines read, and a reader that checks every file.

A format is a function declared with @export_format, and a YAML in conf/format.

formats              the source and bundle of an export, and what a format declares
gguf_bundle          the format gguf: llama.cpp's model.gguf
llama2c_bundle       the format llama2c: llama2.c's model.bin and tokenizer.bin
hub_folder           the format hub: a folder to publish, of any kind
model_card           the model card of that folder
transformers_files   a LLaMA as Hugging Face transformers' files
to_llama             a genotype as the arrays of a LLaMA
llama_shape          sizes and tensor names of a LLaMA
numpy_llama          a LLaMA's forward pass in NumPy
rotary_pairs         the order of a head's query and key rows
gguf                 GGUF files, written and read
gguf_tokenizer       a vocabulary as llama.cpp's tokens
byte_pair_tokenizer  such tokens as llama.cpp reads them
llama2c              llama2.c's files of version 0 and 1
llama2c_q80          llama2.c's files of version 2, in int8
llama2c_tokenizer    llama2.c's tokenizer
llama2c_vocabulary   an artist's rows for that tokenizer's ids
prompt               the text that an export's check begins with
verify               files read back and compared with the lab's forward pass
llama_cpp_runner     an installed llama.cpp, asked and compared
llama_cpp_python     the script that asks llama-cpp-python
llama_cpp_decoder    an artist decoded by llama.cpp
"""
