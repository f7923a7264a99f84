using Xunit;

// The tests run one after the other. A class that mostly waits for programs of its own has a collection of its own, and runs beside them.
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerAssembly, MaxParallelThreads = -1)]
