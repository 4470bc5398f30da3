package io.zigma.convert;

import com.google.errorprone.annotations.FormatMethod;
import io.zigma.io.SafetensorsHeader;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The zip format of {@code torch.save} since PyTorch 1.6: in one folder, {@code data.pkl} and a
 * {@code data/KEY} for each storage. TorchScript programs are such archives, too.
 *
 * <p>PyTorch stores its entries without compression, so an entry is never larger than the file, and
 * compressed ones are refused. Nothing is unpacked to disk; names that would refer to a place
 * outside the folder are refused all the same, since only attacks contain them. Checksums are
 * compared.
 */
final class TorchZip implements TorchContainer {

    private static final String PICKLE = "data.pkl";

    /** The only entries that PyTorch compresses: the code of TorchScript programs. */
    private static final Pattern CODE = Pattern.compile("[^/]+/code/");

    private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:");

    private final Path path;
    private final long fileBytes;
    private final ZipFile zip;
    private final Map<String, ZipEntry> entries = new HashMap<>();
    private final String folder;
    private final PickleValue root;
    private final Set<String> foreign;

    private TorchZip(Path path, ZipFile zip) throws IOException {
        this.path = path;
        this.zip = zip;
        fileBytes = Files.size(path);
        for (ZipEntry entry : list(path, zip)) {
            check(entry);
            if (entries.put(entry.getName(), entry) != null) {
                throw refuse("entry %s is there twice", shown(entry));
            }
        }
        folder = folder();
        requireLittleEndian();
        ZipEntry pickle = entry(PICKLE);
        byte[] bytes = read(pickle, PickleInput.MOST_BYTES);
        PickleReader reader =
                new PickleReader(
                        new PickleInput(
                                "%s, entry %s".formatted(path, shown(pickle)),
                                new ByteArrayInputStream(bytes),
                                bytes.length));
        root = reader.read();
        foreign = reader.foreign();
    }

    /**
     * Opens a file and reads what was saved, without the elements of its tensors.
     *
     * @throws TorchException if it is no such archive, damaged, or refers to more than a checkpoint
     *     needs
     * @throws IOException if reading fails
     */
    static TorchZip open(Path path) throws IOException {
        ZipFile zip = zip(path);
        try {
            return new TorchZip(path, zip);
        } catch (IOException | RuntimeException | Error e) {
            zip.close();
            throw e;
        }
    }

    private static ZipFile zip(Path path) throws IOException {
        try {
            return new ZipFile(path.toFile(), StandardCharsets.UTF_8);
        } catch (ZipException | IllegalArgumentException | EOFException e) {
            throw new TorchException(
                    "%s: the zip archive is cut off or damaged (%s)".formatted(path, reason(e)), e);
        }
    }

    private static List<ZipEntry> list(Path path, ZipFile zip) throws TorchException {
        try {
            return zip.stream().map(ZipEntry.class::cast).toList();
        } catch (IllegalArgumentException e) {
            throw new TorchException(
                    "%s: an entry's name is damaged (%s)".formatted(path, reason(e)), e);
        }
    }

    @Override
    public PickleValue root() {
        return root;
    }

    @Override
    public Set<String> foreign() {
        return foreign;
    }

    @Override
    public byte[] read(TorchStorage storage) throws IOException {
        ZipEntry entry = entry("data/" + storage.key());
        if (entry.getSize() != storage.bytes()) {
            throw refuse(
                    "entry %s has %d bytes, its %d elements of type %s need %d",
                    shown(entry),
                    entry.getSize(),
                    storage.elements(),
                    storage.type(),
                    storage.bytes());
        }
        return read(entry, storage.bytes());
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    private void check(ZipEntry entry) throws TorchException {
        String name = entry.getName();
        if (name.startsWith("/")
                || name.contains("\\")
                || DRIVE.matcher(name).lookingAt()
                || List.of(name.split("/", -1)).contains("..")) {
            throw refuse("entry %s refers to a place outside the archive", shown(entry));
        }
        if (entry.isDirectory()) {
            return;
        }
        if (CODE.matcher(name).lookingAt()) {
            return; // never read
        }
        if (entry.getMethod() != ZipEntry.STORED || entry.getSize() != entry.getCompressedSize()) {
            throw refuse(
                    "entry %s is compressed, which PyTorch never does; was the file packed again?",
                    shown(entry));
        }
        if (entry.getSize() > fileBytes) {
            throw refuse(
                    "entry %s claims %d bytes of a file of %d",
                    shown(entry), entry.getSize(), fileBytes);
        }
    }

    /** The folder that all entries are in, named after the original file name. */
    private String folder() throws TorchException {
        List<String> folders =
                entries.keySet().stream()
                        .filter(name -> name.matches("[^/]+/" + PICKLE))
                        .map(name -> name.substring(0, name.length() - PICKLE.length()))
                        .toList();
        if (folders.size() != 1) {
            throw refuse(
                    "a zip archive with %d entries %s is no PyTorch checkpoint",
                    folders.size(), PICKLE);
        }
        return folders.get(0);
    }

    private void requireLittleEndian() throws IOException {
        ZipEntry order = entries.get(folder + "byteorder");
        if (order == null) {
            return;
        }
        String found = new String(read(order, 16), StandardCharsets.US_ASCII).strip();
        if (!found.equals("little")) {
            throw refuse(
                    "entry %s says %s; only little-endian files are read",
                    shown(order), SafetensorsHeader.shown(found));
        }
    }

    private ZipEntry entry(String name) throws TorchException {
        ZipEntry entry = entries.get(folder + name);
        if (entry == null) {
            throw refuse("entry %s is missing", SafetensorsHeader.shown(folder + name));
        }
        return entry;
    }

    /** Reads an entry whole and compares its checksum, which Java does not for stored entries. */
    private byte[] read(ZipEntry entry, long most) throws IOException {
        if (entry.getSize() > most) {
            throw refuse(
                    "entry %s has %d bytes, no checkpoint needs more than %d there",
                    shown(entry), entry.getSize(), most);
        }
        int size = (int) entry.getSize();
        byte[] bytes;
        try (@Nullable InputStream content = zip.getInputStream(entry)) {
            bytes = content == null ? new byte[0] : content.readNBytes(size);
        } catch (ZipException | IllegalArgumentException | EOFException e) {
            throw new TorchException(
                    "%s: entry %s is damaged (%s)".formatted(path, shown(entry), reason(e)), e);
        }
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        if (bytes.length < size || checksum.getValue() != entry.getCrc()) {
            throw refuse(
                    "entry %s is damaged: its checksum is %08x instead of %08x",
                    shown(entry), checksum.getValue(), entry.getCrc());
        }
        return bytes;
    }

    private static String shown(ZipEntry entry) {
        return SafetensorsHeader.shown(entry.getName());
    }

    private static String reason(Exception failure) {
        return SafetensorsHeader.shown(String.valueOf(failure.getMessage()));
    }

    @FormatMethod
    private TorchException refuse(String sentence, Object... parts) {
        return new TorchException(path + ": " + String.format(Locale.ROOT, sentence, parts));
    }
}
