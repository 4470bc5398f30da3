package io.zigma.convert;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Writes published files with random values, to measure what a model of that size takes: {@code
 * java -cp … io.zigma.convert.OfficialFileWriter FOLDER DiT-XL-2-256x256.pt
 * vae-ft-mse-840000-ema-pruned.safetensors}.
 */
public final class OfficialFileWriter {

    private OfficialFileWriter() {}

    /**
     * Writes files.
     *
     * @param words a folder, and the publishers' names of the files
     * @throws IOException if writing fails
     */
    public static void main(String... words) throws IOException {
        for (int i = 1; i < words.length; i++) {
            write(words[i], Path.of(words[0]));
        }
    }

    /**
     * Writes a file.
     *
     * @param name the publisher's
     * @param folder where to
     * @return the file
     * @throws IOException if writing fails
     */
    public static Path write(String name, Path folder) throws IOException {
        OfficialFile file = Published.file(name);
        Path path = folder.resolve(name);
        return name.endsWith(".safetensors") ? file.safetensors(path) : file.torch(path);
    }
}
