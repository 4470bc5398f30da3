package io.zigma.train.data;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Writes IDX files, right or wrong ones. */
final class IdxFiles {

    static final int IMAGES = 0x0803;
    static final int LABELS = 0x0801;

    private IdxFiles() {}

    /** Writes magic, sides and bytes as given, packed if the name ends in .gz. */
    static Path write(Path file, int magic, int[] sides, byte[] bytes) throws IOException {
        OutputStream raw = Files.newOutputStream(file);
        boolean packed = file.getFileName().toString().endsWith(".gz");
        try (DataOutputStream out =
                new DataOutputStream(packed ? new GZIPOutputStream(raw) : raw)) {
            out.writeInt(magic);
            for (int side : sides) {
                out.writeInt(side);
            }
            out.write(bytes);
        }
        return file;
    }

    /** Writes a training part of pictures 2 high and 3 wide, whose bytes count up. */
    static Path folder(Path folder, String ending, byte... classes) throws IOException {
        byte[] pixels = new byte[6 * classes.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * 5);
        }
        write(
                folder.resolve("train-images-idx3-ubyte" + ending),
                IMAGES,
                new int[] {classes.length, 2, 3},
                pixels);
        write(
                folder.resolve("train-labels-idx1-ubyte" + ending),
                LABELS,
                new int[] {classes.length},
                classes);
        return folder;
    }
}
