"""Training: one loop for every model, with its optimizers, schedules, scoring and checkpoints.

fit                   from a dataset to a finished individual, resumed from its newest checkpoint
loop                  the training loop: steps, budgets, signals, callbacks
learner               a genotype under training: optimizer step, weight averages, saved state
callbacks             what the loop calls: evaluation, samples, checkpoints; the Logger protocol
optimizers, muon      Adam and Muon
two_tensor_optimizer  their base: settings, state, saved as torch.optim lays it out
schedule              learning-rate schedules
precision             device, number format, matrix products, whether to compile
compilation           torch.compile, reproducible to the bit
distributed           data-parallel training
signals               stop requests by SIGTERM, SIGINT and SIGUSR1
scoring               loss and accuracy on windows
compiled_scoring      the same with one compiled graph for many individuals
differentiable_loss   losses that can be differentiated by a genotype
ensemble              the mean prediction of several models
flops                 operations a character, matrix rate, memory
runtime_estimate      time per character, measured
report                a finished run for people
seed_ablation         arms of an ablation over seeds
"""
