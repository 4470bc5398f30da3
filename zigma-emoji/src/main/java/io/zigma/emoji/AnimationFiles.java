package io.zigma.emoji;

import io.zigma.media.ClipFormat;
import io.zigma.media.ClipFormats;
import io.zigma.media.MediaException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds the files of animated emoji in folders, such as unpacked packages {@code
 * fluent-emoji-anim}: they are named by their code points.
 */
final class AnimationFiles {

    private static final Pattern NAME =
            Pattern.compile("((?:[0-9a-f]{2,6})(?:-[0-9a-f]{2,6})*)\\.([a-z0-9]+)");

    private AnimationFiles() {}

    /**
     * Finds the files, in the order of the folders and of the names in them. An emoji that is there
     * twice is taken once; one that no icon set names, or that has several skin tones at once, is
     * passed over.
     *
     * @param folders with files at any depth
     * @param names of code points
     * @param things those with names of their own
     * @return of each folder at least one
     * @throws MediaException if one is no folder or has no file of this kind
     * @throws IOException if one cannot be listed
     */
    static List<AnimationFile> in(List<Path> folders, CodePoints names, List<Thing> things)
            throws IOException {
        Map<String, Thing> listed = new HashMap<>();
        things.forEach(thing -> listed.put(thing.icon(), thing));
        // an icon that is called as a thing is that thing: a name is held out or not
        things.forEach(thing -> listed.putIfAbsent(thing.name().replace(' ', '-'), thing));
        Set<String> seen = new HashSet<>();
        List<AnimationFile> all = new ArrayList<>();
        for (Path folder : folders) {
            int before = all.size();
            for (Path file : files(folder)) {
                file(folder, file, names, listed)
                        .filter(found -> seen.add(found.points()))
                        .ifPresent(all::add);
            }
            if (all.size() == before) {
                throw none(folder);
            }
        }
        return all;
    }

    /** Returns the refusal of a folder without any animation. */
    static MediaException none(Path folder) {
        return new MediaException(
                "%s: has no animated emoji of its own, files named by code points such as 1f9a9.webp; name the folder of an unpacked package such as @lobehub/fluent-emoji-anim-1"
                        .formatted(folder));
    }

    /** Returns the refusal of a folder without any moving emoji of the things that are named. */
    static MediaException noneOfThose(Path folder) {
        return new MediaException(
                "%s: has no animation of the things that are named; name more of them, or leave the folder out"
                        .formatted(folder));
    }

    private static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new MediaException(
                    "%s: %s"
                            .formatted(
                                    folder,
                                    Files.exists(folder)
                                            ? "is a file; name the folder that it is unpacked into"
                                            : "is not there; name a folder of animated emoji"));
        }
        try (Stream<Path> files = Files.walk(folder)) {
            // by name, not by path: the same on every platform
            return files.filter(Files::isRegularFile)
                    .sorted(
                            Comparator.comparing((Path file) -> "" + file.getFileName())
                                    .thenComparing(Comparator.naturalOrder()))
                    .toList();
        } catch (UncheckedIOException e) {
            throw new MediaException(
                    "%s: cannot be listed (%s)".formatted(folder, e.getMessage()), e);
        }
    }

    private static Optional<AnimationFile> file(
            Path folder, Path file, CodePoints names, Map<String, Thing> listed) {
        Matcher name = NAME.matcher(("" + file.getFileName()).toLowerCase(Locale.ROOT));
        if (!name.matches() || !isClip(name.group(2))) {
            return Optional.empty();
        }
        String points = CodePoints.plain(name.group(1));
        Set<SkinTone> tones = SkinTone.in(points);
        if (tones.size() > 1) {
            return Optional.empty();
        }
        return names.name(SkinTone.removed(points))
                .map(
                        icon ->
                                new AnimationFile(
                                        folder,
                                        file,
                                        points,
                                        listed.getOrDefault(icon, unlisted(icon)),
                                        listed.containsKey(icon),
                                        tones.stream().findFirst().orElse(null)));
    }

    /** A thing of which is not known whether there is something to read, or left and right. */
    private static Thing unlisted(String icon) {
        return new Thing(icon, icon.replace('-', ' '), List.of(), false);
    }

    private static boolean isClip(String ending) {
        return ClipFormats.all().stream()
                .map(ClipFormat::endings)
                .anyMatch(endings -> endings.contains(ending));
    }
}
