package io.zigma.convert;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes files of {@code torch.save} in both formats, and wrong ones. */
final class TorchBytes {

    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);

    private TorchBytes() {}

    /** Float32 elements as a storage has them. */
    static byte[] floats(float... values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    /** The zip format: a pickle and storages of float32 by key. */
    static Path zip(Path file, byte[] pickle, Map<String, byte[]> storages) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("archive/data.pkl", pickle);
        storages.forEach((key, bytes) -> entries.put("archive/data/" + key, bytes));
        entries.put("archive/version", new byte[] {'3', '\n'});
        return archive(file, entries);
    }

    /** A zip archive of stored entries. */
    static Path archive(Path file, Map<String, byte[]> entries) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.setMethod(ZipOutputStream.STORED);
            for (Map.Entry<String, byte[]> content : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(content.getKey());
                CRC32 checksum = new CRC32();
                checksum.update(content.getValue());
                entry.setCrc(checksum.getValue());
                entry.setSize(content.getValue().length);
                zip.putNextEntry(entry);
                zip.write(content.getValue());
            }
        }
        return file;
    }

    /** The legacy format: a pickle and storages of float32 by key. */
    static Path legacy(Path file, byte[] pickle, Map<String, byte[]> storages) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(magic());
        bytes.writeBytes(PickleBytes.of(1001));
        bytes.writeBytes(PickleBytes.of(Map.of("little_endian", true)));
        bytes.writeBytes(pickle);
        List<String> keys = new ArrayList<>(storages.keySet());
        bytes.writeBytes(PickleBytes.of(keys));
        for (String key : keys) {
            byte[] storage = storages.get(key);
            bytes.writeBytes(
                    ByteBuffer.allocate(Long.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(storage.length / Float.BYTES)
                            .array());
            bytes.writeBytes(storage);
        }
        return Files.write(file, bytes.toByteArray());
    }

    private static byte[] magic() {
        byte[] bigEndian = MAGIC.toByteArray();
        PickleBytes pickle = new PickleBytes().op(0x80, 2, 0x8a, bigEndian.length);
        for (int i = bigEndian.length - 1; i >= 0; i--) {
            pickle.op(bigEndian[i]);
        }
        return pickle.op('.').bytes();
    }
}
