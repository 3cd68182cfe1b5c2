// Loaded before a process's own script: what a benchmark started ends when the benchmark is gone.
process.once('disconnect', () => process.exit())
process.channel?.unref()
