package io.zigma.train.data;

import io.zigma.base.Amount;
import io.zigma.io.ContentHash;
import io.zigma.media.Framing;
import io.zigma.media.Picture;
import io.zigma.media.PictureFormat;
import io.zigma.media.Pixels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A folder in MNIST's layout, as Fashion-MNIST, KMNIST and others have it: grey pictures in {@code
 * train-images-idx3-ubyte}, class numbers in {@code train-labels-idx1-ubyte}, each possibly packed
 * as {@code .gz}.
 *
 * <p>The classes are called after the caller's names, else the lines of a {@code labels.txt} beside
 * the files, else "0", "1", ….
 */
public final class IdxFolder extends FormattedPictures {

    /** How such a folder is recognised. */
    static final class Kind implements DatasetKind {

        @Override
        public String name() {
            return "idx";
        }

        @Override
        public String description() {
            return "a folder of MNIST-style IDX files (train-images-idx3-ubyte.gz, …)";
        }

        @Override
        public boolean recognises(Path source) {
            return isIn(source);
        }

        @Override
        public ImageDataset open(Path source, DatasetOptions options) throws IOException {
            return IdxFolder.open(source, options);
        }
    }

    private static final String LABELS_FILE = "labels.txt";
    // digits, and every set made to replace them, have ten classes even if a part lacks some
    private static final int USUAL_CLASSES = 10;

    private final IdxArray images;
    private final byte[] classes;
    private final List<String> labels;
    private final String contentHash;

    private IdxFolder(
            String name,
            IdxArray images,
            byte[] classes,
            List<String> labels,
            PictureFormat format) {
        super(name, format);
        this.images = images;
        this.classes = classes;
        this.labels = labels;
        this.contentHash = hash(images, classes);
    }

    /**
     * Returns from the file names whether a folder is of this layout.
     *
     * @param folder any folder, or a path where there is none
     * @return true if it holds the images of some part
     */
    public static boolean isIn(Path folder) {
        return Stream.of(Split.values()).anyMatch(split -> isIn(folder, split));
    }

    /**
     * Returns from the file names whether a folder holds a part of this layout.
     *
     * @param folder any folder, or a path where there is none
     * @param split which part
     * @return true if it holds the images of that part
     */
    public static boolean isIn(Path folder, Split split) {
        return images(folder, split).isPresent();
    }

    /**
     * Opens a folder and checks it in full.
     *
     * @param folder holds the images and the labels of the wanted part
     * @param options the format's default is that of the files, grey
     * @return the data set, all of it in memory
     * @throws DatasetException if a file is missing or damaged, or files do not fit together
     * @throws IOException if reading fails
     */
    public static IdxFolder open(Path folder, DatasetOptions options) throws IOException {
        Path imageFile =
                images(folder, options.split())
                        .orElseThrow(() -> missing(folder, options.split(), "images-idx3-ubyte"));
        Path labelFile =
                find(folder, options.split(), "labels", 1)
                        .orElseThrow(() -> missing(folder, options.split(), "labels-idx1-ubyte"));
        IdxArray images = IdxArray.read(imageFile, 3);
        IdxArray classes = IdxArray.read(labelFile, 1);
        if (images.sides()[0] != classes.sides()[0]) {
            throw new DatasetException(
                    "%s: has %s, but %s has %s; the two files do not belong together"
                            .formatted(
                                    labelFile,
                                    Amount.of(classes.sides()[0], "label"),
                                    imageFile.getFileName(),
                                    Amount.of(images.sides()[0], "picture")));
        }
        List<String> labels = labels(folder, labelFile, options, classes.bytes());
        PictureFormat own = own(imageFile, images);
        return new IdxFolder(
                folder.toAbsolutePath().normalize().getFileName().toString(),
                images,
                classes.bytes(),
                labels,
                Objects.requireNonNullElse(options.format(), own));
    }

    private static Optional<Path> images(Path folder, Split split) {
        return find(folder, split, "images", 3);
    }

    /** Both spellings are about: train-images-idx3-ubyte and train-images.idx3-ubyte. */
    private static Optional<Path> find(Path folder, Split split, String what, int dimensions) {
        return Stream.of("-", ".")
                .map(joint -> split.prefix() + "-" + what + joint + "idx" + dimensions + "-ubyte")
                .flatMap(file -> Stream.of(file, file + ".gz"))
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst();
    }

    private static DatasetException missing(Path folder, Split split, String file) {
        return new DatasetException(
                "%s: there is no %s-%s or %s-%s.gz; put it there"
                        .formatted(folder, split.prefix(), file, split.prefix(), file));
    }

    private static PictureFormat own(Path file, IdxArray images) throws DatasetException {
        try {
            return new PictureFormat(1, images.sides()[1], images.sides()[2]);
        } catch (IllegalArgumentException e) {
            throw new DatasetException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static List<String> labels(
            Path folder, Path labelFile, DatasetOptions options, byte[] classes)
            throws IOException {
        int highest = 0;
        int where = 0;
        for (int i = 0; i < classes.length; i++) {
            if ((classes[i] & 0xff) > highest) {
                highest = classes[i] & 0xff;
                where = i;
            }
        }
        List<String> names = options.labels().isEmpty() ? labelLines(folder) : options.labels();
        if (names.isEmpty()) {
            return IntStream.range(0, Math.max(USUAL_CLASSES, highest + 1))
                    .mapToObj(Integer::toString)
                    .toList();
        }
        if (highest >= names.size()) {
            throw new DatasetException(
                    "%s: picture %s is of class %s, but there are only %s class names, for 0 to %s"
                            .formatted(labelFile, where, highest, names.size(), names.size() - 1));
        }
        return names;
    }

    /**
     * Returns whether the classes of a folder of IDX files have names of their own.
     *
     * @param folder the folder
     * @return true if a file of names is beside them; without it they are called 0, 1, 2, …
     */
    public static boolean hasNames(Path folder) {
        return Files.isRegularFile(folder.resolve(LABELS_FILE));
    }

    private static List<String> labelLines(Path folder) throws IOException {
        Path file = folder.resolve(LABELS_FILE);
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        try {
            Files.readAllLines(file).forEach(line -> lines.add(line.strip()));
        } catch (MalformedInputException e) {
            throw new DatasetException("%s: is not UTF-8 text".formatted(file), e);
        }
        while (!lines.isEmpty() && lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        }
        try {
            return DatasetOptions.defaults().withLabels(lines).labels();
        } catch (IllegalArgumentException e) {
            throw new DatasetException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static String hash(IdxArray images, byte[] classes) {
        ContentHash hash = new ContentHash();
        ByteBuffer sides = ByteBuffer.allocate(Integer.BYTES * images.sides().length);
        for (int side : images.sides()) {
            sides.putInt(side);
        }
        hash.add(sides.array());
        hash.add(images.bytes());
        hash.add(classes);
        return hash.hex();
    }

    @Override
    public int size() {
        return classes.length;
    }

    @Override
    public List<String> labels() {
        return labels;
    }

    @Override
    public int label(int index) {
        return classes[Objects.checkIndex(index, classes.length)] & 0xff;
    }

    @Override
    public void read(int index, boolean flipped, float[] target, int offset) {
        Objects.checkIndex(index, size());
        PictureFormat format = format();
        Objects.checkFromIndexSize(offset, format.elements(), target.length);
        int height = images.sides()[1];
        int width = images.sides()[2];
        int plane = format.height() * format.width();
        if (height == format.height() && width == format.width()) {
            Pixels.copy(images.bytes(), index * plane, height, width, flipped, target, offset);
        } else {
            // 28×28 to 32×32 takes microseconds, so only the original is stored
            byte[] framed =
                    Framing.frame(
                            new Grey(images.bytes(), index * height * width, height, width),
                            new PictureFormat(1, format.height(), format.width()));
            Pixels.copy(framed, 0, format.height(), format.width(), flipped, target, offset);
        }
        for (int channel = 1; channel < format.channels(); channel++) {
            System.arraycopy(target, offset, target, offset + channel * plane, plane);
        }
    }

    @Override
    public String contentHash() {
        return contentHash;
    }

    /** One picture of the file. */
    private record Grey(byte[] bytes, int from, int height, int width) implements Picture {

        @Override
        public int channels() {
            return 1;
        }

        @Override
        public void row(int y, float[] row) {
            for (int x = 0; x < width; x++) {
                row[x] = bytes[from + y * width + x] & 0xff;
            }
        }
    }
}
