package io.zigma;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which packages import which, according to the sources of all modules. */
record PackageImports(Map<String, Set<String>> imported) {

    private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");
    private static final Pattern IMPORT =
            Pattern.compile("(?m)^import (?:static )?(io\\.zigma[\\w.]*);");

    /** Reads the main sources of the modules in a folder. */
    static PackageImports ofSources(Path root) throws IOException {
        Map<String, Set<String>> names = new HashMap<>();
        List<Path> modules;
        try (Stream<Path> all = Files.list(root)) {
            modules =
                    all.map(module -> module.resolve("src/main/java"))
                            .filter(Files::isDirectory)
                            .toList();
        }
        for (Path module : modules) {
            try (Stream<Path> files = Files.walk(module)) {
                for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    read(Files.readString(file), names);
                }
            }
        }
        Map<String, Set<String>> imported = new HashMap<>();
        names.forEach(
                (from, types) ->
                        imported.put(
                                from,
                                types.stream()
                                        .map(type -> packageOf(type, names.keySet()))
                                        .filter(to -> !to.isEmpty() && !to.equals(from))
                                        .collect(Collectors.toSet())));
        return new PackageImports(imported);
    }

    private static void read(String source, Map<String, Set<String>> names) {
        Matcher in = PACKAGE.matcher(source);
        if (in.find()) {
            Set<String> types = names.computeIfAbsent(in.group(1), name -> new HashSet<>());
            Matcher imports = IMPORT.matcher(source);
            while (imports.find()) {
                types.add(imports.group(1));
            }
        }
    }

    private static String packageOf(String type, Set<String> packages) {
        String name = type;
        while (!packages.contains(name)) {
            int dot = name.lastIndexOf('.');
            if (dot < 0) {
                return "";
            }
            name = name.substring(0, dot);
        }
        return name;
    }

    /** Returns the packages from which imports lead back to themselves. */
    Set<String> inCircles() {
        return imported.keySet().stream()
                .filter(name -> reachable(name).contains(name))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<String> reachable(String start) {
        Set<String> seen = new HashSet<>();
        Set<String> next = imported.getOrDefault(start, Set.of());
        while (!next.isEmpty()) {
            Set<String> found = new HashSet<>();
            for (String name : next) {
                if (seen.add(name)) {
                    found.addAll(imported.getOrDefault(name, Set.of()));
                }
            }
            next = found;
        }
        return seen;
    }
}
