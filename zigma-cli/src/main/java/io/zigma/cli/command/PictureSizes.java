package io.zigma.cli.command;

import io.zigma.cli.option.UsageException;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/** Finds the one size that all pictures of a folder have, by what their files begin with. */
final class PictureSizes {

    private PictureSizes() {}

    /**
     * A picture's size.
     *
     * @param file the picture
     * @param height in pixels
     * @param width in pixels
     */
    record Found(Path file, int height, int width) {

        private boolean sameAs(Found other) {
            return height == other.height && width == other.width;
        }
    }

    /**
     * Returns the size of all pictures in a folder and below it.
     *
     * @throws UsageException if two differ: to bring them to one size changes what is evaluated
     * @throws IOException if there is no picture
     */
    static Found only(Path folder) throws IOException {
        Collector collector = new Collector();
        Files.walkFileTree(
                folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, collector);
        Found first = collector.first;
        Found other = collector.other;
        if (first == null) {
            throw new IOException("%s holds no pictures".formatted(folder));
        }
        if (other != null) {
            throw new UsageException(
                    "%s is %s × %s pixels and %s %s × %s; give --image-size to bring all to one size"
                            .formatted(
                                    first.file(),
                                    first.height(),
                                    first.width(),
                                    other.file(),
                                    other.height(),
                                    other.width()));
        }
        return first;
    }

    private static final class Collector extends SimpleFileVisitor<Path> {

        private @Nullable Found first;
        private @Nullable Found other;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            if (attributes.isRegularFile() && !file.getFileName().toString().startsWith(".")) {
                Found size = size(file).orElse(null);
                if (size != null && first == null) {
                    first = size;
                } else if (size != null && first != null && !size.sameAs(first)) {
                    other = size;
                    return FileVisitResult.TERMINATE;
                }
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            // loops and dangling links; reported when the pictures are read
            return FileVisitResult.CONTINUE;
        }
    }

    private static Optional<Found> size(Path file) throws IOException {
        try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                return Optional.empty();
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                return Optional.of(new Found(file, reader.getHeight(0), reader.getWidth(0)));
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException e) {
            // damaged; reported when the pictures are read
            return Optional.empty();
        }
    }
}
