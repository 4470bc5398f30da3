package io.zigma.train.data;

import io.zigma.media.PictureKind;
import io.zigma.media.PictureSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.stream.ImageInputStream;

/** Sorts the entries of archives into folders by their names. */
final class ArchiveTree {

    /** An entry of more bytes is no picture but a bomb, or too large to hold in memory. */
    static final int MAX_ENTRY_BYTES = 1 << 28;

    private final Findings findings;
    private final Folder top = new Folder("", "", true);
    private long room;

    /**
     * Makes an empty tree.
     *
     * @param findings takes note of what is no picture
     * @param room bytes that may be held in memory of archives that can only be read in one go
     */
    ArchiveTree(Findings findings, long room) {
        this.findings = findings;
        this.room = room;
    }

    /** A folder that grows. */
    private static final class Folder {
        private final String name;
        private final String raw;
        private final boolean representable;
        private final Map<String, Folder> folders = new LinkedHashMap<>();
        private final List<PictureTree.Leaf> leaves = new ArrayList<>();
        private final List<PictureTree.Text> texts = new ArrayList<>();

        Folder(String name, String raw, boolean representable) {
            this.name = name;
            this.raw = raw;
            this.representable = representable;
        }
    }

    /** A part of an entry's name. */
    record Segment(String name, String raw, boolean representable) {}

    /** Returns where things are taken note of. */
    Findings findings() {
        return findings;
    }

    /** Takes some bytes of memory; false if there is no more. */
    boolean takeRoom(long bytes) {
        room -= bytes;
        return room >= 0;
    }

    /**
     * Divides an entry's name into its folders and its own name.
     *
     * @param rawName as in the archive
     * @return the parts, composed; empty if the name refers to a place outside the archive or is
     *     none
     */
    static List<Segment> segments(byte[] rawName) {
        List<Segment> segments = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= rawName.length; i++) {
            if (i == rawName.length || rawName[i] == '/' || rawName[i] == '\\') {
                byte[] part = Arrays.copyOfRange(rawName, from, i);
                from = i + 1;
                String shown = FileNames.escaped(part);
                if (shown.equals("..")) {
                    return List.of();
                }
                if (part.length > 0 && !shown.equals(".")) {
                    Optional<String> text = FileNames.text(part);
                    segments.add(
                            new Segment(
                                    text.orElse(shown),
                                    new String(part, StandardCharsets.UTF_8),
                                    text.isPresent()));
                }
            }
        }
        return segments;
    }

    /**
     * Returns whether an entry is needed by its name; if not, records why.
     *
     * @param shown the entry's path for messages
     * @param segments its name
     */
    boolean wants(String shown, List<Segment> segments) {
        if (segments.isEmpty()) {
            findings.skip(shown, "its name refers to a place outside the archive");
            return false;
        }
        for (Segment folder : segments.subList(0, segments.size() - 1)) {
            if (NameKind.ofFolder(folder.name()) == NameKind.CLUTTER) {
                findings.clutter(folder.name());
                return false;
            }
        }
        String name = segments.get(segments.size() - 1).name();
        if (CaptionFiles.isOne(name)) {
            return true;
        }
        switch (NameKind.ofFile(name)) {
            case SILENT -> {
                return false;
            }
            case CLUTTER -> {
                findings.clutter(name);
                return false;
            }
            case OTHER -> {
                findings.passOver(NameKind.ending(name));
                return false;
            }
            case PICTURE, UNKNOWN -> {
                return true;
            }
        }
        return true;
    }

    /**
     * Adds an entry that is wanted.
     *
     * @param shown its path for messages
     * @param prefix of its key, so that entries of several archives differ
     * @param segments its name
     * @param stamp of the archive
     * @param source its bytes
     */
    void add(
            String shown,
            String prefix,
            List<Segment> segments,
            FileStamp stamp,
            PictureSource source) {
        Segment own = segments.get(segments.size() - 1);
        boolean text = CaptionFiles.isOne(own.name());
        if (!text && NameKind.ofFile(own.name()) == NameKind.UNKNOWN && !isPicture(source)) {
            findings.passOver("");
            return;
        }
        Folder folder = top;
        StringBuilder key = new StringBuilder(prefix);
        for (Segment segment : segments.subList(0, segments.size() - 1)) {
            folder =
                    folder.folders.computeIfAbsent(
                            segment.raw(),
                            raw -> new Folder(segment.name(), raw, segment.representable()));
            key.append(segment.raw()).append('/');
        }
        key.append(own.raw());
        if (text) {
            folder.texts.add(new PictureTree.Text(own.name(), key.toString(), shown, source));
        } else {
            folder.leaves.add(
                    new PictureTree.Leaf(own.name(), key.toString(), shown, source, stamp));
        }
    }

    private static boolean isPicture(PictureSource source) {
        try (ImageInputStream in = source.open()) {
            byte[] head = new byte[PictureKind.HEAD_BYTES];
            int count = Math.max(0, in.read(head));
            return PictureKind.of(Arrays.copyOf(head, count)).isPresent();
        } catch (IOException e) {
            // whatever it is, it is not known to be a picture
            return false;
        }
    }

    /**
     * Returns the tree.
     *
     * @param archive the archive, or the folder of them
     */
    PictureTree.Branch root(Path archive) {
        String shown = FileNames.shown(archive);
        Folder folder = top;
        // a single folder around folders is how whole data sets are packed
        while (folder.leaves.isEmpty() && folder.folders.size() == 1) {
            Folder only = folder.folders.values().iterator().next();
            if (only.folders.isEmpty() || !only.leaves.isEmpty()) {
                break;
            }
            findings.warn(
                    "%s: the folders in its only folder '%s' are the classes"
                            .formatted(shown, only.name));
            folder = only;
        }
        String name = FileNames.shown(archive.toAbsolutePath().normalize().getFileName());
        return new PictureTree.Branch(
                name, name, true, shown, children(folder, shown), Optional.empty());
    }

    private static List<PictureTree> children(Folder folder, String shown) {
        List<PictureTree> children = new ArrayList<>(folder.leaves);
        children.addAll(folder.texts);
        for (Folder child : folder.folders.values()) {
            String below = shown + "/" + child.name;
            children.add(
                    new PictureTree.Branch(
                            child.name,
                            child.raw,
                            child.representable,
                            below,
                            children(child, below),
                            Optional.empty()));
        }
        children.sort(Comparator.comparing(PictureTree::name, FileNames.ORDER));
        return children;
    }
}
