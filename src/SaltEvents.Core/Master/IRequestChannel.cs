using System;
using System.Threading;
using System.Threading.Tasks;

namespace SaltEvents.Core.Master;

/// <summary>The way to a master's request server: one question at a time, each with one answer, both a msgpack value.</summary>
internal interface IRequestChannel : IDisposable
{
    /// <summary>Connects where that has not been done, sends the question and waits for the answer; the token ends the wait.</summary>
    /// <exception cref="MasterRequestException">Nothing listens there, or what answers is no such server.</exception>
    Task<byte[]> AskAsync(byte[] question, CancellationToken token);
}
