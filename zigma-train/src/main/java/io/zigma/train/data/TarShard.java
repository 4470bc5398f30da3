package io.zigma.train.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The members of a tar file that is a shard of a larger set, read strictly: what does not hold its
 * own checksum, ends too early, is no plain file, has a name that leads elsewhere or claims an
 * absurd size is refused with its name. Nothing is unpacked, and of a member only its place is
 * kept.
 *
 * <p>POSIX.1-1988 ustar, the pax headers of POSIX.1-2001 and GNU's long names, as Python's {@code
 * tarfile} and GNU tar write them; not packed by gzip, since members are read where they lie.
 */
final class TarShard {

    /** Members start at multiples of this. */
    static final int RECORD = 512;

    private static final int NAME_BYTES = 100;
    private static final int SIZE_AT = 124;
    private static final int SIZE_BYTES = 12;
    private static final int SUM_AT = 148;
    private static final int SUM_BYTES = 8;
    private static final int TYPE_AT = 156;
    private static final int MAGIC_AT = 257;
    private static final int PREFIX_AT = 345;
    private static final int PREFIX_BYTES = 155;

    /** Headers that describe the next member are names and times. */
    private static final int LARGEST_EXTENSION = 1 << 16;

    private final Path file;
    private final String shown;
    private final FileChannel channel;
    private final long length;

    /**
     * A file in a shard.
     *
     * @param name its path in the shard, for messages and keys
     * @param offset of its first byte
     * @param size bytes
     */
    record Member(String name, long offset, int size) {}

    private TarShard(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.shown = FileNames.shown(file);
        this.channel = channel;
        this.length = channel.size();
    }

    /**
     * Reads the names and places of all files.
     *
     * @param file a tar file
     * @return in the order of the file
     * @throws DatasetException if it is damaged, cut off, or holds what no shard should; the
     *     message names shard and member
     * @throws IOException if it cannot be read
     */
    static List<Member> members(Path file) throws IOException {
        List<Member> members = new ArrayList<>();
        visit(
                file,
                member -> {
                    members.add(member);
                    return true;
                });
        return members;
    }

    /**
     * Reads names and places as long as they are wanted.
     *
     * @param file a tar file
     * @param visitor gets each file, and says whether there is to be another
     * @throws DatasetException if it is damaged before the visitor has seen enough
     * @throws IOException if it cannot be read
     */
    static void visit(Path file, Predicate<Member> visitor) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            new TarShard(file, channel).visitAll(visitor);
        }
    }

    /**
     * Reads a member.
     *
     * @param file the shard
     * @param member of it
     * @return all its bytes
     * @throws DatasetException if the shard has become shorter
     * @throws IOException if it cannot be read
     */
    static byte[] content(Path file, Member member) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer content = ByteBuffer.allocate(member.size());
            if (!fill(channel, content, member.offset())) {
                throw new DatasetException(
                        "%s: became shorter while it was used; member %s is not there any more"
                                .formatted(FileNames.shown(file), member.name()));
            }
            return content.array();
        }
    }

    private void visitAll(Predicate<Member> visitor) throws IOException {
        if (length >= 2 && read(0, 2, "").getShort(0) == 0x1f8b) {
            throw new DatasetException(
                    "%s: is packed by gzip, and shards are read where their members lie; unpack it with gunzip first"
                            .formatted(shown));
        }
        long at = 0;
        String last = "";
        byte @Nullable [] longName = null;
        while (true) {
            if (at + RECORD > length) {
                throw cutOff(last);
            }
            byte[] header = read(at, RECORD, last).array();
            if (isEmpty(header)) {
                return;
            }
            requireSound(header, at, last);
            byte[] rawName = longName == null ? name(header) : longName;
            String name = shownName(rawName);
            long size = size(header, name);
            long content = at + RECORD;
            if (size > length - content) {
                throw new DatasetException(
                        "%s: is cut off within member %s, which has %s bytes; get the shard again"
                                .formatted(shown, name, size));
            }
            at = content + (size + RECORD - 1) / RECORD * RECORD;
            switch (header[TYPE_AT]) {
                case 'x', 'L' -> {
                    byte[] extension = extension(name, content, size);
                    longName =
                            header[TYPE_AT] == 'L'
                                    ? upToZero(extension, 0, extension.length)
                                    : paxName(name, extension, longName);
                    continue;
                }
                case 'g', 'K' -> {
                    extension(name, content, size);
                    continue;
                }
                case '0', 0, '7' -> {
                    requireInside(rawName, name);
                    if (size > ArchiveTree.MAX_ENTRY_BYTES) {
                        throw refused(name, "is larger than 256 MiB, and no part of a sample is");
                    }
                    if (!visitor.test(new Member(name, content, (int) size))) {
                        return;
                    }
                }
                case '5' -> requireInside(rawName, name);
                default ->
                        throw refused(
                                name,
                                header[TYPE_AT] == '1' || header[TYPE_AT] == '2'
                                        ? "is a link; pack the file itself (tar --dereference)"
                                        : "is no plain file");
            }
            last = name;
            longName = null;
        }
    }

    private byte[] extension(String name, long offset, long size) throws IOException {
        if (size > LARGEST_EXTENSION) {
            throw refused(name, "describes the next member in more than 64 KiB");
        }
        return read(offset, (int) size, name).array();
    }

    /** Lines of LENGTH KEY=VALUE, of which path is a name and size would change what follows. */
    private byte @Nullable [] paxName(String name, byte[] lines, byte @Nullable [] before)
            throws DatasetException {
        byte[] path = before;
        int at = 0;
        while (at < lines.length && lines[at] != 0) {
            int space = at;
            int count = 0;
            while (space < lines.length && lines[space] >= '0' && lines[space] <= '9') {
                count = Math.min(10 * count + lines[space] - '0', LARGEST_EXTENSION);
                space++;
            }
            int end = at + count;
            if (space == at
                    || space + 1 >= end
                    || end > lines.length
                    || lines[space] != ' '
                    || lines[end - 1] != '\n') {
                throw refused(name, "has a damaged pax header");
            }
            String text = new String(lines, space + 1, end - space - 2, StandardCharsets.UTF_8);
            if (text.startsWith("path=")) {
                path = Arrays.copyOfRange(lines, space + 1 + "path=".length(), end - 1);
            } else if (text.startsWith("size=") || text.startsWith("GNU.sparse")) {
                throw refused(name, "is a sparse file, or of more than 8 GiB");
            }
            at = end;
        }
        return path;
    }

    private void requireSound(byte[] header, long at, String last) throws DatasetException {
        long sum = 0;
        for (int i = 0; i < RECORD; i++) {
            sum += i >= SUM_AT && i < SUM_AT + SUM_BYTES ? ' ' : header[i] & 0xff;
        }
        if (octal(header, SUM_AT, SUM_BYTES) != sum) {
            throw new DatasetException(
                    "%s: %s is damaged: the header at byte %s has another checksum than its content; get the shard again"
                            .formatted(
                                    shown,
                                    last.isEmpty()
                                            ? "its first member"
                                            : "the member after " + last,
                                    at));
        }
    }

    private long size(byte[] header, String name) throws DatasetException {
        long size = octal(header, SIZE_AT, SIZE_BYTES);
        if ((header[SIZE_AT] & 0x80) != 0) {
            size = 0; // GNU's binary numbers, for what octal digits cannot say
            for (int i = SIZE_AT + 4; i < SIZE_AT + SIZE_BYTES; i++) {
                size = size << 8 | header[i] & 0xff;
            }
        }
        if (size < 0) {
            throw refused(name, "has no sensible size");
        }
        return size;
    }

    /** Returns a number in octal digits, −1 if it is none. */
    private static long octal(byte[] header, int from, int count) {
        long value = 0;
        boolean any = false;
        for (int i = from; i < from + count; i++) {
            byte digit = header[i];
            if (digit >= '0' && digit <= '7') {
                value = value << 3 | digit - '0';
                any = true;
            } else if (digit == ' ' && !any) {
                continue;
            } else {
                return (digit == 0 || digit == ' ') && any ? value : -1;
            }
        }
        return any ? value : -1;
    }

    private static byte[] name(byte[] header) {
        byte[] own = upToZero(header, 0, NAME_BYTES);
        boolean ustar =
                new String(header, MAGIC_AT, 6, StandardCharsets.ISO_8859_1).equals("ustar\0");
        byte[] prefix = ustar ? upToZero(header, PREFIX_AT, PREFIX_AT + PREFIX_BYTES) : new byte[0];
        if (prefix.length == 0) {
            return own;
        }
        byte[] both = Arrays.copyOf(prefix, prefix.length + 1 + own.length);
        both[prefix.length] = '/';
        System.arraycopy(own, 0, both, prefix.length + 1, own.length);
        return both;
    }

    private static byte[] upToZero(byte[] bytes, int from, int to) {
        int end = from;
        while (end < to && bytes[end] != 0) {
            end++;
        }
        return Arrays.copyOfRange(bytes, from, end);
    }

    private static String shownName(byte[] raw) {
        String name = FileNames.text(raw).orElseGet(() -> FileNames.escaped(raw));
        return name.startsWith("./") ? name.substring(2) : name;
    }

    /** Nothing is written to where a name leads, but who packed it meant no good. */
    private void requireInside(byte[] raw, String name) throws DatasetException {
        boolean absolute = raw.length > 0 && (raw[0] == '/' || raw[0] == '\\');
        if (raw.length == 0 || absolute || ArchiveTree.segments(raw).isEmpty() && !isHere(raw)) {
            throw new DatasetException(
                    "%s: member '%s' refers to a place outside the shard; do not use this file"
                            .formatted(shown, name));
        }
    }

    private static boolean isHere(byte[] raw) {
        String name = new String(raw, StandardCharsets.ISO_8859_1);
        return name.equals(".") || name.equals("./");
    }

    private static boolean isEmpty(byte[] header) {
        for (byte b : header) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private ByteBuffer read(long from, int count, String member) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        if (!fill(channel, bytes, from)) {
            throw cutOff(member);
        }
        return bytes;
    }

    private static boolean fill(FileChannel channel, ByteBuffer target, long from)
            throws IOException {
        while (target.hasRemaining()) {
            if (channel.read(target, from + target.position()) < 0) {
                return false;
            }
        }
        return true;
    }

    private DatasetException cutOff(String last) {
        return new DatasetException(
                last.isEmpty()
                        ? "%s: is no tar file, or cut off at its beginning; get the shard again"
                                .formatted(shown)
                        : "%s: is cut off after member %s: the empty records that end a tar file are missing; get the shard again"
                                .formatted(shown, last));
    }

    private DatasetException refused(String member, String reason) {
        return new DatasetException(
                "%s: member %s %s".formatted(FileNames.shown(file), member, reason));
    }
}
