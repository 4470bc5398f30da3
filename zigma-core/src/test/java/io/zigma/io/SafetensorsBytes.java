package io.zigma.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes safetensors files byte by byte, right or wrong ones, for tests of the reader. */
final class SafetensorsBytes {

    private SafetensorsBytes() {}

    /** Writes length, header and data as given into a file in the folder. */
    static Path write(Path folder, String header, byte[] data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return write(folder, text.length, text, data);
    }

    /** Writes a header length that need not be true. */
    static Path write(Path folder, long length, byte[] header, byte[] data) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(8 + header.length + data.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(length)
                        .put(header)
                        .put(data);
        return Files.write(folder.resolve("made.safetensors"), bytes.array());
    }
}
