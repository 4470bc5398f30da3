package io.zigma.train.data;

import io.zigma.media.PictureSource;
import io.zigma.train.data.TarShard.Member;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A sample of a shard as WebDataset has them: files of one name that lie one after the other, each
 * with an ending that says what it is.
 *
 * @param shard the tar file
 * @param key folder and name up to its first dot
 * @param members by what stands behind that dot, in lower case
 */
record ShardSample(Path shard, String key, Map<String, Member> members) {

    /** More bytes than this are no caption and no description. */
    private static final int LARGEST_TEXT = 1 << 20;

    ShardSample {
        members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    /**
     * Reads which samples a shard has.
     *
     * @param shard a tar file
     * @return in its order, at least one
     * @throws DatasetException if the file is damaged or hostile, a sample's files do not lie
     *     together, or there is none; the message names shard and member
     * @throws IOException if it cannot be read
     */
    static List<ShardSample> of(Path shard) throws IOException {
        List<ShardSample> samples = new ArrayList<>();
        Set<String> before = new HashSet<>();
        String key = "";
        Map<String, Member> members = new LinkedHashMap<>();
        for (Member member : TarShard.members(shard)) {
            String next = key(member.name());
            if (next.isEmpty()) {
                continue; // a hidden file, or one without an ending
            }
            if (!next.equals(key)) {
                if (!members.isEmpty()) {
                    samples.add(new ShardSample(shard, key, members));
                }
                if (!before.add(next)) {
                    throw new DatasetException(
                            "%s: member %s lies apart from the others of its sample; pack the files sorted by name (tar --sort=name)"
                                    .formatted(FileNames.shown(shard), member.name()));
                }
                key = next;
                members = new LinkedHashMap<>();
            }
            if (members.put(ending(member.name()), member) != null) {
                throw new DatasetException(
                        "%s: member %s is there twice"
                                .formatted(FileNames.shown(shard), member.name()));
            }
        }
        if (!members.isEmpty()) {
            samples.add(new ShardSample(shard, key, members));
        }
        if (samples.isEmpty()) {
            throw new DatasetException("%s: holds no samples".formatted(FileNames.shown(shard)));
        }
        return samples;
    }

    /**
     * Returns folder and name up to the first dot; empty for a file that is no part of a sample.
     */
    static String key(String name) {
        int from = name.lastIndexOf('/') + 1;
        int dot = name.indexOf('.', from);
        return dot <= from ? "" : name.substring(0, dot);
    }

    /** Returns what stands behind the first dot of a name. */
    static String ending(String name) {
        int from = name.lastIndexOf('/') + 1;
        return name.substring(name.indexOf('.', from) + 1).toLowerCase(Locale.ROOT);
    }

    /** Returns how a member is named in messages. */
    String shown(Member member) {
        return FileNames.shown(shard) + "/" + member.name();
    }

    /** Returns the picture among its files. */
    Member picture() throws DatasetException {
        Member found = null;
        for (Map.Entry<String, Member> entry : members.entrySet()) {
            if (NameKind.ofFile("x." + entry.getKey()) == NameKind.PICTURE) {
                if (found != null) {
                    throw new DatasetException(
                            "%s: sample %s has two pictures, %s and %s; pack one a sample"
                                    .formatted(
                                            FileNames.shown(shard),
                                            key,
                                            found.name(),
                                            entry.getValue().name()));
                }
                found = entry.getValue();
            }
        }
        if (found == null) {
            throw new DatasetException(
                    "%s: sample %s has no picture, only .%s"
                            .formatted(
                                    FileNames.shown(shard),
                                    key,
                                    String.join(", .", members.keySet())));
        }
        return found;
    }

    /** Returns where a member's bytes come from, read anew each time. */
    PictureSource source(Member member) {
        return () -> PictureSource.of(TarShard.content(shard, member)).open();
    }

    /**
     * Reads a small text.
     *
     * @param ending which of its files
     * @return null if there is none
     * @throws DatasetException if it is too large or not in UTF-8; the message names it
     */
    @Nullable String text(String ending) throws IOException {
        Member member = members.get(ending);
        if (member == null) {
            return null;
        }
        if (member.size() > LARGEST_TEXT) {
            throw new DatasetException(
                    "%s: has %s bytes, which is no caption or class"
                            .formatted(shown(member), member.size()));
        }
        try {
            String text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(TarShard.content(shard, member)))
                            .toString();
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new DatasetException("%s: is no text in UTF-8".formatted(shown(member)), e);
        }
    }
}
