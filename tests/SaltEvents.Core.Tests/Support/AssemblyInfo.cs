using Xunit;

// Some tests count the process's threads, open files and allocations, or change its umask: they must be alone.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
