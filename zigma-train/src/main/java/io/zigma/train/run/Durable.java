package io.zigma.train.run;

import io.zigma.io.AtomicFile;
import io.zigma.io.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** What a run does with whole folders and open files. */
final class Durable {

    private Durable() {}

    static void writeFully(Path file, FileChannel channel, ByteBuffer bytes) throws IOException {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw StorageException.of(file, e);
        }
    }

    /** Flushes every file under a folder, then the folders' entries. */
    static void flushTree(Path folder) throws IOException {
        for (Path path : tree(folder)) {
            if (Files.isDirectory(path)) {
                AtomicFile.flushFolder(path);
            } else {
                try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
        }
    }

    static void deleteTree(Path folder) throws IOException {
        for (Path path : tree(folder)) {
            Files.delete(path);
        }
    }

    /** Lists everything under a folder and the folder itself, contents before containers. */
    private static List<Path> tree(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.sorted((a, b) -> b.getNameCount() - a.getNameCount()).toList();
        }
    }
}
