package io.zigma.convert;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.zigma.io.CheckpointException;
import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsHeader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The index that Hugging Face's libraries write beside a model in several safetensors files: {@code
 * {"weight_map": {"name of a tensor": "file"}}}.
 *
 * @param path the index
 * @param shards the file of each tensor, by the tensor's name
 */
record ShardIndex(Path path, Map<String, Path> shards) {

    private static final String ENDING = ".safetensors.index.json";
    private static final String MAP = "weight_map";
    private static final long LARGEST = 64L << 20;

    /** One file of several, such as model-00001-of-00002.safetensors. */
    private static final Pattern SHARD = Pattern.compile("(.*)-\\d{5}-of-\\d{5}\\.safetensors");

    /** A name that cannot refer to another folder, on any system. */
    private static final Pattern PLAIN_NAME = Pattern.compile("(?!\\.{1,2}$)[^\\\\/:]+");

    static boolean isNamedLikeOne(Path path) {
        return String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT).endsWith(ENDING);
    }

    /**
     * Finds the index in a folder.
     *
     * @throws CheckpointException if there is none, or several
     */
    static Path in(Path folder) throws IOException {
        List<Path> found;
        try (Stream<Path> files = Files.list(folder)) {
            found = files.filter(ShardIndex::isNamedLikeOne).sorted().toList();
        }
        if (found.size() != 1) {
            throw new CheckpointException(
                    found.isEmpty()
                            ? "%s is a folder without a *%s; name the file with the weights"
                                    .formatted(folder, ENDING)
                            : "%s holds several *%s; name one of them".formatted(folder, ENDING));
        }
        return found.get(0);
    }

    /**
     * Reads an index.
     *
     * @throws CheckpointException if it is none, or names files elsewhere
     * @throws IOException if it cannot be read
     */
    static ShardIndex read(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new CheckpointException("%s: there is no such file".formatted(path));
        }
        if (Files.size(path) > LARGEST) {
            throw new CheckpointException(
                    "%s has %s bytes, more than any index".formatted(path, Files.size(path)));
        }
        JsonElement json;
        try {
            json = JsonParser.parseString(Files.readString(path));
        } catch (JsonParseException | CharacterCodingException | StackOverflowError e) {
            throw new CheckpointException("%s is not valid JSON".formatted(path), e);
        }
        if (!(json instanceof JsonObject index)
                || !(index.get(MAP) instanceof JsonObject map)
                || map.isEmpty()) {
            throw new CheckpointException(
                    "%s is no index of safetensors files: it has no %s".formatted(path, MAP));
        }
        Map<String, Path> shards = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> entry : map.entrySet()) {
            if (!(entry.getValue() instanceof JsonPrimitive file)
                    || !file.isString()
                    || !PLAIN_NAME.matcher(file.getAsString()).matches()) {
                throw new CheckpointException(
                        "%s names for tensor %s the file %s, which is not beside it"
                                .formatted(
                                        path,
                                        SafetensorsHeader.shown(entry.getKey()),
                                        SafetensorsHeader.shown(entry.getValue().toString())));
            }
            shards.put(entry.getKey(), path.resolveSibling(file.getAsString()));
        }
        return new ShardIndex(path, shards);
    }

    /** The files, each once. */
    Set<Path> files() {
        return new LinkedHashSet<>(shards.values());
    }

    /**
     * Compares the index with its files.
     *
     * @throws CheckpointException if a tensor is missing from its file, or not in the index
     */
    void requireSame(List<SafetensorsFile> files) throws CheckpointException {
        Map<String, Path> found = new LinkedHashMap<>();
        for (SafetensorsFile file : files) {
            for (String name : file.names()) {
                if (!file.path().equals(shards.get(name))) {
                    throw new CheckpointException(
                            "%s holds tensor %s, which is not in %s; download all files of the model again"
                                    .formatted(file.path(), SafetensorsHeader.shown(name), path));
                }
                found.put(name, file.path());
            }
        }
        for (Map.Entry<String, Path> entry : shards.entrySet()) {
            if (!found.containsKey(entry.getKey())) {
                throw new CheckpointException(
                        "%s lacks tensor %s, which it should hold according to %s; download all files of the model again"
                                .formatted(
                                        entry.getValue(),
                                        SafetensorsHeader.shown(entry.getKey()),
                                        path));
            }
        }
    }

    /** Refuses one file of several, recognised by its name and an index beside it. */
    static void requireNoShard(Path path) throws CheckpointException {
        var name = SHARD.matcher(String.valueOf(path.getFileName()));
        if (name.matches()) {
            Path index = path.resolveSibling(name.group(1) + ENDING);
            if (Files.isRegularFile(index)) {
                throw new CheckpointException(
                        "%s is one file of several; name their index %s".formatted(path, index));
            }
        }
    }
}
