package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.testing.FaultGroup;
import io.zigma.testing.FaultLine;
import io.zigma.testing.FaultScale;
import io.zigma.testing.FaultTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints from strangers are read or refused in one line; nothing else ever happens. */
@Tag("faults")
@ExtendWith(FaultTable.class)
class HostileCheckpointsTest {

    private static final String WEIGHTS = "model.safetensors";
    private static final String CONFIG = "config.json";
    private static final String LFS =
            "version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 12345\n";

    @TempDir Path folder;
    private Path model = Path.of("");
    private byte[] weights = {};
    private JsonObject config = new JsonObject();

    @BeforeEach
    void writeACheckpoint() throws IOException {
        model = TinyCheckpoint.withClasses(folder.resolve("model"));
        weights = Files.readAllBytes(model.resolve(WEIGHTS));
        config = JsonParser.parseString(Files.readString(model.resolve(CONFIG))).getAsJsonObject();
    }

    @Test
    void damagedWeightsAreCaught() throws Exception {
        SplittableRandom random = new SplittableRandom(3);
        try (FaultLine cut =
                        FaultTable.line(
                                FaultGroup.CHECKPOINTS,
                                "weights cut off at evenly spread offsets");
                FaultLine flipped =
                        FaultTable.line(
                                FaultGroup.CHECKPOINTS, "one random bit of the weights flipped")) {
            int cuts = FaultScale.times(100, 10);
            for (int i = 0; i < cuts; i++) {
                byte[] damaged = Arrays.copyOf(weights, (int) ((long) weights.length * i / cuts));
                cut.attempt("cut to " + damaged.length, () -> refuseWeights(damaged, false));
            }
            for (int i = 0; i < FaultScale.times(1000, 20); i++) {
                byte[] damaged = weights.clone();
                int bit = random.nextInt(8 * damaged.length);
                damaged[bit / 8] ^= (byte) (1 << bit % 8);
                flipped.attempt("bit " + bit, () -> refuseWeights(damaged, false));
            }
        }
    }

    @Test
    void headersThatLieAreRefused() throws Exception {
        Map<String, byte[]> lies = new LinkedHashMap<>();
        lies.put("empty file", new byte[0]);
        for (long length : new long[] {Long.MAX_VALUE, -1, Long.MIN_VALUE, 100_000_001, 0, 1}) {
            lies.put("header length " + length, withLength(length));
        }
        lies.put("not JSON", withHeader(header -> "no JSON at all"));
        lies.put("a list", withHeader(header -> "[]"));
        lies.put("deep nesting", withHeader(header -> "{\"a\":" + "[".repeat(100_000)));
        lies.put("twice", withHeader(header -> "{" + inside(header) + "," + inside(header) + "}"));
        lies.put("overlap", withTensors(t -> offsets(t, 0).set(0, new JsonPrimitive(0))));
        lies.put("gap", withTensors(t -> shift(t, 4)));
        lies.put(
                "overflow",
                withTensors(
                        t -> {
                            JsonArray shape = new JsonArray();
                            List.of(1L << 40, 1L << 40, 4L).forEach(shape::add);
                            first(t).add("shape", shape);
                        }));
        lies.put(
                "negative side",
                withTensors(t -> first(t).getAsJsonArray("shape").set(0, new JsonPrimitive(-1))));
        lies.put("unknown type", withTensors(t -> first(t).addProperty("dtype", "F1")));
        lies.put("integers", withTensors(t -> first(t).addProperty("dtype", "I32")));
        lies.put("missing tensor", withTensors(t -> rename(t, "some.other.name")));
        lies.put("evil name", withTensors(t -> rename(t, "../../\u001b[31m\n" + "x".repeat(9000))));
        lies.put(
                "surplus tensor",
                withTensors(
                        t -> {
                            JsonObject none = new JsonObject();
                            none.addProperty("dtype", "F32");
                            JsonArray shape = new JsonArray();
                            shape.add(0);
                            none.add("shape", shape);
                            JsonArray offsets = new JsonArray();
                            offsets.add(0);
                            offsets.add(0);
                            none.add("data_offsets", offsets);
                            t.add("surplus", none);
                        }));
        lies.put(
                "wrong shape",
                withTensors(
                        t -> {
                            JsonArray shape = first(t).getAsJsonArray("shape");
                            long size = 1;
                            for (JsonElement side : shape) {
                                size *= side.getAsLong();
                            }
                            JsonArray flat = new JsonArray();
                            flat.add(size);
                            flat.add(1);
                            flat.add(1);
                            flat.add(1);
                            flat.add(1);
                            first(t).add("shape", flat);
                        }));
        lies.put("Git LFS pointer", LFS.getBytes(StandardCharsets.UTF_8));
        try (FaultLine line =
                FaultTable.line(
                        FaultGroup.CHECKPOINTS,
                        "weights whose header lies, with a hash that fits: length 2⁶³−1, negative,"
                                + " over 100 MB; no JSON; names twice; overlap, gap, overflow;"
                                + " missing, surplus, misshaped tensors; Git LFS pointer")) {
            lies.forEach((what, bytes) -> line.attempt(what, () -> refuseWeights(bytes, true)));
        }
    }

    @Test
    void weightsThatAreNoNumbersAreRefused() throws Exception {
        int data = (int) (8 + ByteBuffer.wrap(weights).order(ByteOrder.LITTLE_ENDIAN).getLong());
        SplittableRandom random = new SplittableRandom(4);
        try (FaultLine line =
                FaultTable.line(
                        FaultGroup.CHECKPOINTS,
                        "NaN or infinity among the weights, with a hash that fits: refused by the"
                                + " tensor's name")) {
            for (int i = 0; i < FaultScale.times(50, 4); i++) {
                byte[] poisoned = weights.clone();
                int at = data + 4 * random.nextInt((weights.length - data) / 4);
                float poison = i % 2 == 0 ? Float.NaN : Float.NEGATIVE_INFINITY;
                ByteBuffer.wrap(poisoned).order(ByteOrder.LITTLE_ENDIAN).putFloat(at, poison);
                line.attempt(
                        "byte " + at,
                        () -> assertThat(refuseWeights(poisoned, true)).contains("tensor"));
            }
        }
    }

    @Test
    void absurdDescriptionsAreRefused() throws Exception {
        try (FaultLine line =
                FaultTable.line(
                        FaultGroup.CHECKPOINTS,
                        "every number of `config.json` at 0, −1, 10⁹, 2³¹, 1e308, 0.5, as text,"
                                + " list and null; unknown fields; no JSON; nested 100,000 deep;"
                                + " Git LFS pointer")) {
            List<JsonElement> values =
                    List.of(
                            new JsonPrimitive(0),
                            new JsonPrimitive(-1),
                            new JsonPrimitive(1_000_000_000),
                            new JsonPrimitive(2147483648L),
                            new JsonPrimitive(1e308),
                            new JsonPrimitive(0.5),
                            new JsonPrimitive("seven"),
                            new JsonArray(),
                            com.google.gson.JsonNull.INSTANCE);
            for (String part : List.of("sample", "backbone", "backbone.mixer", "sampling")) {
                JsonObject place = at(config, part);
                for (String field : List.copyOf(place.keySet())) {
                    if (!(place.get(field) instanceof JsonPrimitive number && number.isNumber())) {
                        continue;
                    }
                    for (JsonElement value : values) {
                        line.attempt(
                                part + "." + field + " = " + value,
                                () -> {
                                    JsonObject changed = config.deepCopy();
                                    at(changed, part).add(field, value);
                                    refuseOrServe(changed);
                                });
                    }
                }
            }
            line.attempt(
                    "unknown field",
                    () -> {
                        JsonObject changed = config.deepCopy();
                        changed.addProperty("surprise", 1);
                        assertThat(refuseConfig(changed.toString())).contains("surprise");
                    });
            for (String text :
                    List.of("", "no JSON", "[]", "3", "{", LFS, "{\"a\":" + "[".repeat(100_000))) {
                line.attempt("text " + text.length(), () -> refuseConfig(text));
            }
            line.attempt("2 MB of spaces", () -> refuseConfig(" ".repeat(2_000_000) + "{}"));
        }
    }

    @Test
    void picklesThatCallCodeAndArchivesThatEscapeAreRefused() throws Exception {
        Path mark = folder.resolve("executed");
        String[] modules = {"os\nsystem", "builtins\neval", "subprocess\nPopen", "posix\nsystem"};
        try (FaultLine line =
                FaultTable.line(
                        FaultGroup.CHECKPOINTS,
                        "pickles that call code, in three formats; archives with `../` or absolute"
                                + " names, compressed entries (zip bombs), entries that lie about"
                                + " their size; Git LFS pointers: nothing runs, nothing is"
                                + " unpacked")) {
            for (String module : modules) {
                byte[] pickle =
                        ("c" + module + "\n(S'touch " + mark + "'\ntR.")
                                .getBytes(StandardCharsets.US_ASCII);
                line.attempt(
                        "zip " + module,
                        () -> refuseImport(archive(Map.of("a/data.pkl", pickle), true)));
                line.attempt("bare " + module, () -> refuseImport(pickle));
                byte[] legacy =
                        ("\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.")
                                .getBytes(StandardCharsets.ISO_8859_1);
                byte[] both = Arrays.copyOf(legacy, legacy.length + pickle.length);
                System.arraycopy(pickle, 0, both, legacy.length, pickle.length);
                line.attempt("legacy " + module, () -> refuseImport(both));
            }
            byte[] empty = {(byte) 0x80, 2, '}', '.'};
            for (String name :
                    List.of("../evil", "/etc/evil", "a/../../evil", "C:\\evil", "a\\..\\evil")) {
                line.attempt(
                        name,
                        () ->
                                refuseImport(
                                        archive(Map.of("a/data.pkl", empty, name, empty), true)));
            }
            line.attempt(
                    "zip bomb",
                    () -> refuseImport(archive(Map.of("a/data.pkl", new byte[1 << 28]), false)));
            byte[] honest = archive(Map.of("a/data.pkl", empty), true);
            for (int at = 0; at < honest.length; at++) {
                byte[] lie = honest.clone();
                lie[at] ^= (byte) 0xff;
                line.attempt("byte " + at, () -> refuseImport(lie));
            }
            line.attempt("LFS", () -> refuseImport(LFS.getBytes(StandardCharsets.UTF_8)));
            line.attempt("empty", () -> refuseImport(new byte[0]));
            line.attempt("nothing was executed", () -> assertThat(mark).doesNotExist());
        }
    }

    private String refuseWeights(byte[] bytes, boolean fittingHash) throws Exception {
        Files.write(model.resolve(WEIGHTS), bytes);
        JsonObject changed = config.deepCopy();
        if (fittingHash) {
            changed.addProperty(
                    "weights_sha256",
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
        }
        Files.writeString(model.resolve(CONFIG), changed.toString());
        String line = refuseToGenerate();
        assertThat(line).contains(WEIGHTS);
        return line;
    }

    private String refuseConfig(String text) throws IOException {
        Files.writeString(model.resolve(CONFIG), text);
        String line = refuseToGenerate();
        assertThat(line).contains(CONFIG);
        return line;
    }

    /** Some numbers are odd but possible; then a picture must come out. */
    private void refuseOrServe(JsonObject changed) throws IOException {
        Files.writeString(model.resolve(CONFIG), changed.toString());
        ConsoleOfTest console = ConsoleOfTest.plain();
        if (console.zigma(generate()) == ExitStatus.DONE) {
            assertThat(javax.imageio.ImageIO.read(folder.resolve("a.png").toFile())).isNotNull();
            Files.delete(folder.resolve("a.png"));
        } else {
            assertThat(refuseToGenerate()).contains(model.toString());
        }
    }

    private String refuseToGenerate() throws IOException {
        Files.deleteIfExists(folder.resolve("a.png"));
        return HostileFiles.refused(folder, generate());
    }

    private String[] generate() {
        String picture = folder.resolve("a.png").toString();
        return new String[] {
            "generate", "-m", model.toString(), "-s", "1", "-o", picture, "--steps", "1"
        };
    }

    private void refuseImport(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("stranger.pt"), bytes);
        String line =
                HostileFiles.refused(
                        folder, "import", file.toString(), "-o", folder.resolve("new").toString());
        assertThat(line).contains("stranger.pt");
    }

    private static byte[] archive(Map<String, byte[]> entries, boolean stored) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> content : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(content.getKey());
                if (stored) {
                    CRC32 checksum = new CRC32();
                    checksum.update(content.getValue());
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(content.getValue().length);
                    entry.setCrc(checksum.getValue());
                }
                zip.putNextEntry(entry);
                zip.write(content.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private static JsonObject at(JsonObject root, String path) {
        JsonObject place = root;
        for (String step : path.split("\\.")) {
            place = place.getAsJsonObject(step);
        }
        return place;
    }

    private byte[] withLength(long length) {
        byte[] changed = weights.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
        return changed;
    }

    private byte[] withHeader(UnaryOperator<String> change) {
        int length = (int) ByteBuffer.wrap(weights).order(ByteOrder.LITTLE_ENDIAN).getLong();
        byte[] header =
                change.apply(new String(weights, 8, length, StandardCharsets.UTF_8))
                        .getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + header.length + weights.length - 8 - length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .put(weights, 8 + length, weights.length - 8 - length)
                .array();
    }

    private byte[] withTensors(Consumer<JsonObject> change) {
        return withHeader(
                header -> {
                    JsonObject json = JsonParser.parseString(header).getAsJsonObject();
                    change.accept(json);
                    return new Gson().toJson(json);
                });
    }

    private static String inside(String header) {
        String text = header.strip();
        return text.substring(1, text.length() - 1);
    }

    private static String firstName(JsonObject tensors) {
        return tensors.keySet().stream()
                .filter(name -> !name.equals("__metadata__"))
                .findFirst()
                .orElseThrow();
    }

    private static JsonObject first(JsonObject tensors) {
        return tensors.getAsJsonObject(firstName(tensors));
    }

    private static void rename(JsonObject tensors, String name) {
        tensors.add(name, tensors.remove(firstName(tensors)));
    }

    /** The offsets of the tensor that lies behind another one. */
    private static JsonArray offsets(JsonObject tensors, int after) {
        for (Map.Entry<String, JsonElement> tensor : tensors.entrySet()) {
            if (!tensor.getKey().equals("__metadata__")) {
                JsonArray offsets =
                        tensor.getValue().getAsJsonObject().getAsJsonArray("data_offsets");
                if (offsets.get(0).getAsLong() > after) {
                    return offsets;
                }
            }
        }
        throw new AssertionError("one tensor only");
    }

    private static void shift(JsonObject tensors, int bytes) {
        JsonArray offsets = offsets(tensors, 0);
        offsets.set(0, new JsonPrimitive(offsets.get(0).getAsLong() + bytes));
    }
}
