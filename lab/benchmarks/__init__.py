"""The benchmarks: ours beside a peer, in one run; one file a subject, each a plain function."""
