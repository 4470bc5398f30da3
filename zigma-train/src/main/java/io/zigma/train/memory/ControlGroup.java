package io.zigma.train.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The control group that limits this process's memory, as a folder below a mount point.
 *
 * @param version 1 or 2
 * @param mount the mount point of the hierarchy
 * @param folder the group's folder in it
 */
record ControlGroup(int version, Path mount, Path folder) {

    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

    /**
     * Finds the groups: one of version 2, one of version 1, or both on systems that mix them.
     *
     * @param root where {@code proc} and the mount points are
     * @throws IOException if {@code proc} does not say
     */
    static List<ControlGroup> ofThisProcess(Path root) throws IOException {
        List<String> mounts = Files.readAllLines(root.resolve("proc/self/mountinfo"));
        List<ControlGroup> groups = new ArrayList<>();
        for (String line : Files.readAllLines(root.resolve("proc/self/cgroup"))) {
            String[] parts = line.split(":", 3); // number:controllers:path, cgroups(7)
            if (parts.length < 3) {
                continue;
            }
            boolean second = parts[0].equals("0") && parts[1].isEmpty();
            if (second || Arrays.asList(parts[1].split(",")).contains("memory")) {
                for (String mount : mounts) {
                    add(root, mount, second ? 2 : 1, parts[2], groups);
                }
            }
        }
        return groups;
    }

    /** Adds a group if a line of mountinfo, proc_pid_mountinfo(5), mounts its hierarchy. */
    private static void add(
            Path root, String mount, int version, String path, List<ControlGroup> groups) {
        int dash = mount.indexOf(" - ");
        String[] before = dash < 0 ? new String[0] : mount.substring(0, dash).split(" ");
        String[] after = dash < 0 ? new String[0] : mount.substring(dash + 3).split(" ");
        if (before.length < 5 || after.length < 3) {
            return;
        }
        boolean fits =
                version == 2
                        ? after[0].equals("cgroup2")
                        : after[0].equals("cgroup")
                                && Arrays.asList(after[2].split(",")).contains("memory");
        if (fits) {
            Path point = below(root, plain(before[4]));
            groups.add(
                    new ControlGroup(version, point, below(point, inside(plain(before[3]), path))));
        }
    }

    /**
     * Returns a group's path inside of what is mounted: a container often sees its own group as the
     * mount's root, whatever the group is called outside.
     */
    private static String inside(String mounted, String path) {
        if (path.contains("..")) {
            return "";
        }
        if (mounted.equals("/")) {
            return path;
        }
        return path.equals(mounted) || path.startsWith(mounted + "/")
                ? path.substring(mounted.length())
                : "";
    }

    private static Path below(Path root, String path) {
        return root.resolve(path.replaceFirst("^/+", ""));
    }

    /** Spaces and the like are written as octal numbers. */
    private static String plain(String field) {
        return OCTAL.matcher(field)
                .replaceAll(
                        found ->
                                Matcher.quoteReplacement(
                                        String.valueOf(
                                                (char) Integer.parseInt(found.group(1), 8))));
    }

    /** Returns the group's folder and those above it, up to the mount point. */
    List<Path> upwards() {
        List<Path> folders = new ArrayList<>();
        Path next = folder;
        while (next != null && next.startsWith(mount)) {
            folders.add(next);
            next = next.getParent();
        }
        return folders;
    }
}
