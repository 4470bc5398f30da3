package io.zigma.train.data;

import io.zigma.media.PictureKind;
import io.zigma.media.PictureSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a folder recursively. Links are followed anywhere; one that refers back, or to a folder of
 * the same class that was met already, is passed over with a word. Without classes all pictures are
 * of one.
 */
final class FolderTree {

    private final Path root;
    private final Path realRoot;
    private final Findings findings;

    private final boolean everything;
    private final boolean clips;

    private FolderTree(Path root, boolean everything, boolean clips, Findings findings)
            throws IOException {
        this.root = root;
        this.everything = everything;
        this.clips = clips;
        this.realRoot = root.toRealPath();
        this.findings = findings;
    }

    /**
     * Reads the names below a folder.
     *
     * @param root the folder, or a link to one
     * @param everything true if its folders are no classes
     * @param clips true if video files count
     * @param findings takes note of what is no picture
     * @return the tree; children in the order of their names
     * @throws IOException if the folder itself cannot be read
     */
    static PictureTree.Branch read(Path root, boolean everything, boolean clips, Findings findings)
            throws IOException {
        return new FolderTree(root, everything, clips, findings).readRoot();
    }

    /** A child with its name. */
    private record Named(Path path, String name, boolean representable) {}

    private PictureTree.Branch readRoot() throws IOException {
        List<PictureTree> children = new ArrayList<>();
        Set<Path> seen = new HashSet<>(Set.of(realRoot));
        for (Named child : children(root)) {
            // a folder that two classes link to belongs to both
            add(child, "", everything ? seen : new HashSet<>(seen), children);
        }
        String name = shownName(root.toAbsolutePath().normalize());
        return new PictureTree.Branch(
                name, name, true, FileNames.shown(root), children, Optional.empty());
    }

    private static String shownName(Path path) {
        return FileNames.of(path).orElse(String.valueOf(path.getFileName()));
    }

    private void add(Named child, String parentKey, Set<Path> seen, List<PictureTree> siblings) {
        String key = parentKey.isEmpty() ? child.name() : parentKey + "/" + child.name();
        if (Files.isDirectory(child.path())) {
            if (NameKind.ofFolder(child.name()) == NameKind.CLUTTER) {
                findings.clutter(child.name());
            } else {
                PictureTree.Branch branch = folder(child, key, seen);
                if (branch != null) {
                    siblings.add(branch);
                }
            }
            return;
        }
        PictureTree file = file(child, key);
        if (file != null) {
            siblings.add(file);
        }
    }

    private PictureTree.@Nullable Branch folder(Named folder, String key, Set<Path> seen) {
        String shown = FileNames.shown(folder.path());
        List<PictureTree> children = new ArrayList<>();
        Optional<String> failure = Optional.empty();
        try {
            Path real = folder.path().toRealPath();
            if (!seen.add(real) || realRoot.startsWith(real)) {
                findings.again(shown);
                return null;
            }
            for (Named child : children(folder.path())) {
                add(child, key, seen, children);
            }
        } catch (IOException e) {
            failure = Optional.of(reason(e));
            findings.skip(shown, "cannot be listed (%s)".formatted(reason(e)));
        }
        return new PictureTree.Branch(
                folder.name(),
                String.valueOf(folder.path().getFileName()),
                folder.representable(),
                shown,
                children,
                failure);
    }

    private @Nullable PictureTree file(Named file, String key) {
        String shown = FileNames.shown(file.path());
        NameKind kind = NameKind.ofFile(file.name());
        if (clips && kind == NameKind.OTHER && NameKind.isVideo(file.name())) {
            kind = NameKind.PICTURE;
        }
        if (kind == NameKind.SILENT) {
            return null;
        }
        if (kind == NameKind.CLUTTER) {
            findings.clutter(file.name());
            return null;
        }
        if (!Files.exists(file.path())) {
            findings.skip(shown, danglingReason(file.path()));
            return null;
        }
        if (CaptionFiles.isOne(file.name()) && Files.isRegularFile(file.path())) {
            return new PictureTree.Text(file.name(), key, shown, PictureSource.of(file.path()));
        }
        if (kind == NameKind.OTHER || !Files.isRegularFile(file.path())) {
            if (kind == NameKind.PICTURE) {
                findings.skip(shown, "not a file");
            } else {
                findings.passOver(NameKind.ending(file.name()));
            }
            return null;
        }
        try {
            if (kind == NameKind.UNKNOWN && !isPicture(file.path())) {
                findings.passOver("");
                return null;
            }
            return new PictureTree.Leaf(
                    file.name(),
                    key,
                    shown,
                    PictureSource.of(file.path()),
                    FileStamp.of(file.path()));
        } catch (IOException e) {
            findings.skip(shown, "cannot be read (%s)".formatted(reason(e)));
            return null;
        }
    }

    private static String danglingReason(Path link) {
        try {
            Path target = Files.readSymbolicLink(link);
            return "a link to %s, which %s"
                    .formatted(
                            FileNames.shown(target),
                            Files.isSymbolicLink(link.resolveSibling(target))
                                    ? "is a link that leads nowhere"
                                    : "is not there");
        } catch (IOException | UnsupportedOperationException e) {
            return "the file is not there";
        }
    }

    private static boolean isPicture(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return PictureKind.of(in.readNBytes(PictureKind.HEAD_BYTES)).isPresent();
        }
    }

    /** Returns the message of a file system's exception, without the path before it. */
    static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileSystemException failure && failure.getReason() != null) {
            return failure.getReason();
        }
        return String.valueOf(
                        e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage())
                .lines()
                .findFirst()
                .orElse("unknown reason");
    }

    private static List<Named> children(Path folder) throws IOException {
        List<Named> found = new ArrayList<>();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder)) {
            for (Path path : paths) {
                Optional<String> name = FileNames.of(path);
                found.add(
                        new Named(
                                path,
                                name.orElseGet(
                                        () -> String.valueOf(FileNames.shown(path.getFileName()))),
                                name.isPresent()));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        found.sort(Comparator.comparing(Named::name, FileNames.ORDER).thenComparing(Named::path));
        return found;
    }
}
