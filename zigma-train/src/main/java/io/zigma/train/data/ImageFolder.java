package io.zigma.train.data;

import io.zigma.media.Framing;
import io.zigma.media.MediaException;
import io.zigma.media.PictureDecoder;
import io.zigma.media.PictureFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of picture files: one sub-folder a class, or no sub-folders and no classes.
 *
 * <p>Classes and files are taken in the order of their names; hidden ones are left out. Every
 * picture is decoded once when the folder is opened, so that a damaged one is known by then, and
 * kept in memory while there is room; the others are decoded again whenever they are read.
 */
public final class ImageFolder implements ImageDataset {

    static final DatasetKind KIND =
            new DatasetKind() {
                @Override
                public String description() {
                    return "PNG or JPEG files, one sub-folder a class";
                }

                @Override
                public boolean recognises(Path folder) throws IOException {
                    try (Stream<Path> files = Files.walk(folder)) {
                        return files.anyMatch(ImageFolder::looksLikePicture);
                    } catch (UncheckedIOException e) {
                        throw e.getCause();
                    }
                }

                @Override
                public ImageDataset open(Path folder, DatasetOptions options) throws IOException {
                    return ImageFolder.open(folder, options);
                }
            };

    // those without a decoder are here to be named as skipped
    private static final Set<String> ENDINGS =
            Set.of(
                    "png", "jpg", "jpeg", "jfif", "gif", "bmp", "tif", "tiff", "webp", "avif",
                    "heic", "heif", "jxl");
    private static final int NO_CLASS = -1;

    private final String name;
    private final PictureFormat format;
    private final List<Entry> entries;
    private final List<String> labels;
    private final List<SkippedFile> skipped;
    private final List<String> warnings;
    private final String contentHash;

    private ImageFolder(
            String name,
            PictureFormat format,
            List<Entry> entries,
            List<String> labels,
            List<SkippedFile> skipped,
            List<String> warnings,
            String contentHash) {
        this.name = name;
        this.format = format;
        this.entries = List.copyOf(entries);
        this.labels = List.copyOf(labels);
        this.skipped = List.copyOf(skipped);
        this.warnings = List.copyOf(warnings);
        this.contentHash = contentHash;
    }

    /** A picture that can be read; its decoded bytes if they are kept. */
    private record Entry(Path file, int label, byte @Nullable [] decoded) {}

    /** A folder whose files are all of one class; no name if there are no classes. */
    private record ClassFolder(@Nullable String label, List<Path> files) {}

    /** What became of a file when it was decoded for the first time. */
    private record Attempt(
            Path file, byte @Nullable [] decoded, byte[] sha256, @Nullable String failure) {}

    /**
     * Opens a folder and decodes every picture once.
     *
     * @param folder the folder
     * @param options must have a format; the names of classes are those of the sub-folders
     * @return the data set
     * @throws DatasetException if no picture can be read, or an option does not fit such a folder
     * @throws IOException if the folder cannot be read
     */
    public static ImageFolder open(Path folder, DatasetOptions options) throws IOException {
        PictureFormat format = options.format();
        if (format == null) {
            throw new DatasetException(
                    "%s: picture files have many sizes; say which one to bring them to"
                            .formatted(folder));
        }
        if (!options.labels().isEmpty()) {
            throw new DatasetException(
                    "%s: classes are called as their sub-folders are; leave the label names out"
                            .formatted(folder));
        }
        if (options.split() != Split.TRAIN) {
            throw new DatasetException(
                    "%s: a folder of pictures has no test part; give the folder of the test pictures"
                            .formatted(folder));
        }
        return new Opening(folder, format, options.cacheBytes()).open();
    }

    /** What is gathered while a folder is opened. */
    private static final class Opening {

        private final Path folder;
        private final PictureFormat format;
        private final long room;
        private final List<Entry> entries = new ArrayList<>();
        private final List<String> labels = new ArrayList<>();
        private final List<SkippedFile> skipped = new ArrayList<>();
        private final List<String> warnings = new ArrayList<>();
        private final ContentHash hash = new ContentHash();

        Opening(Path folder, PictureFormat format, long cacheBytes) {
            this.folder = folder;
            this.format = format;
            this.room = cacheBytes / format.elements();
        }

        ImageFolder open() throws IOException {
            for (ClassFolder part : classFolders()) {
                addClass(part);
            }
            if (entries.isEmpty()) {
                throw new DatasetException(
                        skipped.isEmpty()
                                ? "%s: holds no pictures".formatted(folder)
                                : "%s: none of its %d pictures can be read; the first is %s"
                                        .formatted(folder, skipped.size(), skipped.get(0)));
            }
            return new ImageFolder(
                    folder.toAbsolutePath().normalize().getFileName().toString(),
                    format,
                    entries,
                    labels,
                    skipped,
                    warnings,
                    hash.hex());
        }

        private List<ClassFolder> classFolders() throws IOException {
            List<Path> children;
            try (Stream<Path> files = Files.list(folder)) {
                children = files.filter(ImageFolder::isVisible).sorted().toList();
            }
            List<Path> loose = children.stream().filter(ImageFolder::looksLikePicture).toList();
            List<Path> folders = children.stream().filter(Files::isDirectory).toList();
            if (folders.isEmpty()) {
                return List.of(new ClassFolder(null, loose));
            }
            if (!loose.isEmpty()) {
                warnings.add(
                        "%s: %d pictures beside the class folders are left out"
                                .formatted(folder, loose.size()));
            }
            List<ClassFolder> parts = new ArrayList<>();
            for (Path child : folders) {
                parts.add(new ClassFolder(child.getFileName().toString(), pictures(child)));
            }
            return parts;
        }

        private void addClass(ClassFolder part) {
            // in parallel, but what comes of it is taken in the order of the files
            int kept = entries.size();
            List<Attempt> attempts =
                    IntStream.range(0, part.files().size())
                            .parallel()
                            .mapToObj(i -> attempt(part.files().get(i), kept + i < room))
                            .toList();
            int label = part.label() == null ? NO_CLASS : labels.size();
            int before = entries.size();
            for (Attempt attempt : attempts) {
                if (attempt.failure() != null) {
                    skipped.add(new SkippedFile(attempt.file(), attempt.failure()));
                    continue;
                }
                entries.add(new Entry(attempt.file(), label, attempt.decoded()));
                hash.add(part.label() == null ? "" : part.label());
                hash.add(attempt.sha256());
            }
            if (part.label() == null) {
                return;
            }
            if (entries.size() == before) {
                warnings.add(
                        "%s: class folder '%s' has no picture that can be read and is left out"
                                .formatted(folder, part.label()));
            } else {
                labels.add(part.label());
            }
        }

        private Attempt attempt(Path file, boolean keep) {
            try {
                byte[] decoded =
                        Framing.frame(PictureDecoder.decode(file, format.channels()), format);
                return new Attempt(file, keep ? decoded : null, ContentHash.of(file), null);
            } catch (MediaException e) {
                return new Attempt(file, null, new byte[0], e.getMessage());
            } catch (IOException e) {
                return new Attempt(file, null, new byte[0], "cannot be read (%s)".formatted(e));
            }
        }
    }

    /** Lists the pictures in a class folder and below it, in the order of their paths. */
    private static List<Path> pictures(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        List<Path> children;
        try (Stream<Path> files = Files.list(folder)) {
            children = files.filter(ImageFolder::isVisible).sorted().toList();
        }
        for (Path child : children) {
            if (Files.isDirectory(child) && !Files.isSymbolicLink(child)) {
                found.addAll(pictures(child));
            } else if (looksLikePicture(child)) {
                found.add(child);
            }
        }
        return found;
    }

    private static boolean isVisible(Path path) {
        return !path.getFileName().toString().startsWith(".");
    }

    private static boolean looksLikePicture(Path path) {
        String file = path.getFileName().toString();
        String ending = file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return isVisible(path) && ENDINGS.contains(ending) && Files.isRegularFile(path);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public int channels() {
        return format.channels();
    }

    @Override
    public int height() {
        return format.height();
    }

    @Override
    public int width() {
        return format.width();
    }

    @Override
    public List<String> labels() {
        return labels;
    }

    @Override
    public int label(int index) {
        return entries.get(index).label();
    }

    @Override
    public void read(int index, boolean flipped, float[] target, int offset) {
        Objects.checkFromIndexSize(offset, format.elements(), target.length);
        byte[] bytes = bytes(entries.get(index));
        int plane = format.height() * format.width();
        for (int channel = 0; channel < format.channels(); channel++) {
            Pixels.copy(
                    bytes,
                    channel * plane,
                    format.height(),
                    format.width(),
                    flipped,
                    target,
                    offset + channel * plane);
        }
    }

    private byte[] bytes(Entry entry) {
        if (entry.decoded() != null) {
            return entry.decoded();
        }
        try {
            return Framing.frame(PictureDecoder.decode(entry.file(), format.channels()), format);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "%s: could be read before, now: %s".formatted(entry.file(), e.getMessage()), e);
        }
    }

    @Override
    public String contentHash() {
        return contentHash;
    }

    @Override
    public List<SkippedFile> skipped() {
        return skipped;
    }

    @Override
    public List<String> warnings() {
        return warnings;
    }
}
