using System.Linq;
using System.Management.Automation;
using System.Text.Json;

namespace SaltEvents.Tests;

/// <summary>Events of the families of Salt's tags, and what a test reads of them.</summary>
public abstract class TagFamilyTestBase : EventTestBase
{
    private protected static string Family(PSObject e) => e.TypeNames[0].Split('#') is [_, var name] ? name : string.Empty;

    private protected static object? FromJson(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new Core.Events.PayloadMap();
                foreach (var property in value.EnumerateObject())
                {
                    map.Add(property.Name, FromJson(property.Value));
                }

                return map;
            case JsonValueKind.Array:
                return value.EnumerateArray().Select(FromJson).ToArray();
            case JsonValueKind.Number:
                return value.GetInt64();
            case JsonValueKind.True or JsonValueKind.False:
                return value.GetBoolean();
            default:
                return value.GetString();
        }
    }

    private protected PSObject[] Receive(int count) => [.. Shell.Run($"Get-SaltEvent -Session $s -Count {count}").Good().Output];
}
