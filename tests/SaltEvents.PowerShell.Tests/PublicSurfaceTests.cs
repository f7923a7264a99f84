using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>
/// What a user meets is in the module's assembly, or in Core and forwarded from it, so that PowerShell finds it by name. The
/// surface has no other type of a private assembly: a script could not name it, and other modules bring their own versions.
/// </summary>
public sealed class PublicSurfaceTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Assembly Module = Repository.Module;

    private static readonly Type[] Forwarded = Module.GetForwardedTypes();

    private static readonly HashSet<string?> Private =
        Directory.GetFiles(Path.Combine(Repository.Binaries, "deps"), "*.dll").Select(Path.GetFileNameWithoutExtension).ToHashSet();

    [Fact]
    public void No_private_type_is_on_the_surface()
    {
        var types = Module.GetTypes().Where(IsVisible).Concat(Forwarded).ToArray();
        Assert.Contains(types, t => t.Name == "SaltEventTarget");
        var found = types.SelectMany(t => Surface(t).Concat(Members(t)))
            .Concat(Attributes(Module.GetCustomAttributesData(), "the assembly"))
            .SelectMany(use => Parts(use.Type).Select(type => (use.Where, Type: type)))
            .Where(use => !use.Type.HasElementType && Private.Contains(use.Type.Assembly.GetName().Name) && !Forwarded.Contains(use.Type))
            .Select(use => $"{use.Where}: {use.Type}")
            .Distinct()
            .ToArray();
        Assert.True(found.Length == 0, string.Join("\n", found));
    }

    [Fact]
    public void Each_type_of_Core_that_a_user_meets_is_found_by_its_name()
    {
        var met = typeof(SaltNode)
            .Assembly.GetTypes()
            .Where(t => t.IsPublic && t.Namespace == "SaltEvents")
            .OrderBy(t => t.Name, StringComparer.Ordinal);
        Assert.Equal(met, Forwarded.OrderBy(t => t.Name, StringComparer.Ordinal));
        Assert.All(
            Forwarded,
            type => Assert.Same(type, Module.GetType(type.FullName!.ToUpperInvariant(), throwOnError: true, ignoreCase: true))
        );
    }

    [Fact]
    public void The_check_sees_through_arrays_generics_and_nesting()
    {
        Assert.Contains(typeof(int), Parts(typeof(Dictionary<string, List<int[]>>[])));
        Assert.Contains(typeof(int), Parts(typeof(int).MakeByRefType()));
    }

    [Fact]
    public void Public_types_are_sealed_or_have_no_public_constructor()
    {
        var open = Module
            .GetTypes()
            .Concat(Forwarded)
            .Where(t => t.IsPublic && t.IsClass && !t.IsSealed && t.GetConstructors(Declared).Any(c => c.IsPublic || c.IsFamily));
        Assert.Empty(open);
    }

    private static bool IsVisible(Type type) =>
        (type.IsPublic || type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem)
        && (type.DeclaringType is null || IsVisible(type.DeclaringType));

    private static IEnumerable<(string Where, Type Type)> Surface(Type type)
    {
        var parents = type.GetInterfaces().AsEnumerable();
        for (var parent = type.BaseType; parent is not null; parent = parent.BaseType)
        {
            parents = parents.Append(parent);
        }

        return parents.Concat(type.GetGenericArguments().SelectMany(a => a.GetGenericParameterConstraints()))
            .Select(t => (type.Name, t))
            .Concat(Attributes(type.GetCustomAttributesData(), type.Name));
    }

    private static IEnumerable<(string Where, Type Type)> Members(Type type)
    {
        foreach (var field in type.GetFields(Declared).Where(f => f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly))
        {
            yield return ($"{type.Name}.{field.Name}", field.FieldType);
            foreach (var use in Attributes(field.GetCustomAttributesData(), $"{type.Name}.{field.Name}"))
            {
                yield return use;
            }
        }

        foreach (
            var method in type.GetMethods(Declared)
                .Concat<MethodBase>(type.GetConstructors(Declared))
                .Where(m => m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly)
        )
        {
            foreach (var use in Of(method, $"{type.Name}.{method.Name}"))
            {
                yield return use;
            }
        }

        foreach (
            MemberInfo member in type.GetProperties(Declared)
                .Where(p => p.GetAccessors(true).Any(a => a.IsPublic || a.IsFamily || a.IsFamilyOrAssembly))
                .Concat<MemberInfo>(type.GetEvents(Declared))
        )
        {
            foreach (var use in Attributes(member.GetCustomAttributesData(), $"{type.Name}.{member.Name}"))
            {
                yield return use;
            }
        }
    }

    private static IEnumerable<(string Where, Type Type)> Of(MethodBase method, string where)
    {
        var types = method.GetParameters().Select(p => p.ParameterType);
        var attributes = method.GetCustomAttributesData().Concat(method.GetParameters().SelectMany(p => p.GetCustomAttributesData()));
        if (method is MethodInfo { ReturnParameter: var result } info)
        {
            types = types.Append(info.ReturnType).Concat(info.GetGenericArguments().SelectMany(a => a.GetGenericParameterConstraints()));
            attributes = attributes.Concat(result.GetCustomAttributesData());
        }

        return types.Select(t => (where, t)).Concat(Attributes(attributes, where));
    }

    private static IEnumerable<(string Where, Type Type)> Attributes(IEnumerable<CustomAttributeData> attributes, string where) =>
        attributes
            .SelectMany(a =>
                a.ConstructorArguments.Concat(a.NamedArguments.Select(n => n.TypedValue)).SelectMany(Types).Append(a.AttributeType)
            )
            .Select(t => (where + "'s attribute", t));

    private static IEnumerable<Type> Types(CustomAttributeTypedArgument argument) => argument.Value switch
    {
        Type type => [type, argument.ArgumentType],
        IEnumerable<CustomAttributeTypedArgument> items => items.SelectMany(Types).Append(argument.ArgumentType),
        _ => [argument.ArgumentType],
    };

    private static IEnumerable<Type> Parts(Type type)
    {
        var inner = type.HasElementType ? [type.GetElementType()!] : type.IsGenericParameter ? [] : type.GetGenericArguments();
        return inner.SelectMany(Parts).Append(type);
    }
}
