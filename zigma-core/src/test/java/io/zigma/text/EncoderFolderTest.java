package io.zigma.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.io.CheckpointException;
import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsWriter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncoderFolderTest {

    @TempDir Path place;

    @Test
    void aBertIsOpenedByItsFolder() throws IOException {
        Path folder = EncoderFolders.bert(place.resolve("mine"));
        try (TextEncoder encoder = TextEncoders.open(folder.toString(), Device.cpu());
                NDManager manager = NDManager.newBaseManager()) {
            assertThat(encoder.reference().name()).isEqualTo("mine");
            assertThat(encoder.size()).isEqualTo(16);
            assertThat(encoder.maxTokens()).isEqualTo(20);
            TextFeatures features = encoder.encode(manager, List.of("a red apple", "cars", ""), 8);
            assertThat(features.context().getShape()).isEqualTo(new Shape(3, 8, 16));
            assertThat(features.mask().sum(new int[] {1}).toFloatArray()).containsExactly(5, 4, 2);
            assertThat(encoder.tokenize("a green apple").unknown()).containsExactly("green");
        }
    }

    @Test
    void aTextThatIsTooLongKeepsItsEnd() throws IOException {
        Path folder = EncoderFolders.bert(place.resolve("mine"));
        try (TextEncoder encoder = TextEncoders.open(folder.toString(), Device.cpu());
                NDManager manager = NDManager.newBaseManager()) {
            TextFeatures cut = encoder.encode(manager, List.of("a red apple a blue car"), 4);
            TextFeatures whole = encoder.encode(manager, List.of("a red"), 4);
            assertThat(cut.context().toFloatArray()).isEqualTo(whole.context().toFloatArray());
        }
    }

    @Test
    void clipPadsWithTokensThatCount() throws IOException {
        Path folder = EncoderFolders.clip(place.resolve("clip"));
        try (TextEncoder encoder = TextEncoders.open(folder.toString(), Device.cpu());
                NDManager manager = NDManager.newBaseManager()) {
            TextFeatures features = encoder.encode(manager, List.of("red", "a"), 10);
            assertThat(features.context().getShape()).isEqualTo(new Shape(2, 10, 16));
            assertThat(features.mask().toFloatArray()).containsOnly(1);
            assertThat(features.pooled().getShape()).isEqualTo(new Shape(2, 12));
            assertThat(encoder.tokenize("RED").tokens()).isEqualTo(3);
            TextFeatures alone = encoder.encode(manager, List.of("a"), 10);
            assertThat(alone.context().toFloatArray())
                    .isEqualTo(features.context().get(1).toFloatArray());
            assertThat(alone.pooled().toFloatArray())
                    .isEqualTo(features.pooled().get(1).toFloatArray());
        }
    }

    @Test
    void weightsMayBeInSeveralFiles() throws IOException {
        Path one = EncoderFolders.bert(place.resolve("one"));
        Path several = EncoderFolders.bert(place.resolve("several"));
        Path whole = several.resolve("model.safetensors");
        SafetensorsWriter first = new SafetensorsWriter();
        SafetensorsWriter second = new SafetensorsWriter();
        try (SafetensorsFile file = SafetensorsFile.open(whole)) {
            boolean odd = false;
            for (String name : file.names()) {
                (odd ? first : second).floats(name, file.shape(name), file.floats(name));
                odd = !odd;
            }
        }
        Files.delete(whole);
        first.write(several.resolve("model-00001-of-00002.safetensors"));
        second.write(several.resolve("model-00002-of-00002.safetensors"));
        try (TextEncoder joined = TextEncoders.open(several.toString(), Device.cpu());
                TextEncoder single = TextEncoders.open(one.toString(), Device.cpu());
                NDManager manager = NDManager.newBaseManager()) {
            assertThat(joined.encode(manager, List.of("a car"), 6).context().toFloatArray())
                    .isEqualTo(
                            single.encode(manager, List.of("a car"), 6).context().toFloatArray());
        }
    }

    @Test
    void theHashFollowsWeightsVocabularyAndShape() throws IOException {
        String hash = hash(EncoderFolders.bert(place.resolve("a")));
        assertThat(hash(EncoderFolders.bert(place.resolve("b")))).isEqualTo(hash);

        Path heads = EncoderFolders.bert(place.resolve("heads"));
        change(
                heads.resolve("config.json"),
                "\"num_attention_heads\": 2",
                "\"num_attention_heads\": 4");
        Path words = EncoderFolders.bert(place.resolve("words"));
        change(words.resolve("tokenizer.json"), "\"car\": 8", "\"bus\": 8");
        Path weights = EncoderFolders.bert(place.resolve("weights"));
        byte[] bytes = Files.readAllBytes(weights.resolve("model.safetensors"));
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights.resolve("model.safetensors"), bytes);

        assertThat(List.of(hash, hash(heads), hash(words), hash(weights))).doesNotHaveDuplicates();
    }

    private static String hash(Path folder) throws IOException {
        return EncoderFolder.read(folder).reference().hash();
    }

    private static void change(Path file, String from, String to) throws IOException {
        String before = Files.readString(file);
        assertThat(before).contains(from);
        Files.writeString(file, before.replace(from, to));
    }

    @Test
    void aModelsEncoderIsFoundByItsHashAmongFolders() throws IOException {
        EncoderFolders.clip(place.resolve("encoders/clip"));
        Path bert = EncoderFolders.bert(place.resolve("encoders/bert"));
        Files.createDirectories(place.resolve("encoders/nothing"));
        TextEncoderReference wanted = new TextEncoderReference("any name", hash(bert));
        for (Path where : List.of(place.resolve("encoders"), bert)) {
            try (TextEncoder found = TextEncoders.find(wanted, Device.cpu(), List.of(where))) {
                assertThat(found.reference().hash()).isEqualTo(wanted.hash());
            }
        }
        assertThatThrownBy(
                        () ->
                                TextEncoders.find(
                                        new TextEncoderReference("lost", "ab".repeat(32)),
                                        Device.cpu(),
                                        List.of(place.resolve("encoders"), place.resolve("none"))))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("text encoder lost of hash abababababab")
                .hasMessageContaining("ZIGMA_TEXT_ENCODERS");
    }

    @Test
    void foldersThatTheSystemPropertyListsAreLookedInToo() throws IOException {
        Path bert = EncoderFolders.bert(place.resolve("encoders/bert"));
        TextEncoderReference wanted = new TextEncoderReference("any name", hash(bert));
        String property = "zigma.text.encoders";
        System.setProperty(
                property, place.resolve("none") + File.pathSeparator + place.resolve("encoders"));
        try (TextEncoder found = TextEncoders.find(wanted, Device.cpu())) {
            assertThat(found.reference().hash()).isEqualTo(wanted.hash());
        } finally {
            System.clearProperty(property);
        }
    }

    @Test
    void severalUsersShareTheWeightsUntilTheLastOneCloses() throws IOException {
        Path folder = EncoderFolders.bert(place.resolve("mine"));
        TextEncoder one = TextEncoders.open(folder.toString(), Device.cpu());
        TextEncoder other = TextEncoders.open(folder.toString(), Device.cpu());
        try (NDManager manager = NDManager.newBaseManager()) {
            one.close();
            one.close(); // closing again changes nothing for the other
            assertThat(other.encode(manager, List.of("a"), 4).mask().toFloatArray())
                    .containsExactly(1, 1, 1, 0);
            assertThatThrownBy(() -> one.encode(manager, List.of("a"), 4))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("mine was closed");
        } finally {
            other.close();
        }
    }

    @Test
    void aFolderWithoutOneOfItsFilesNamesIt() throws IOException {
        for (Map.Entry<String, String> file :
                Map.of(
                                "config.json", "lacks config.json",
                                "model.safetensors", "lacks model.safetensors",
                                "tokenizer.json", "tokenizer.json")
                        .entrySet()) {
            Path folder = EncoderFolders.bert(place.resolve("no " + file.getKey()));
            Files.delete(folder.resolve(file.getKey()));
            assertRefused(folder, file.getValue());
        }
        Path clip = EncoderFolders.clip(place.resolve("no merges"));
        Files.delete(clip.resolve("merges.txt"));
        assertRefused(clip, "tokenizer.json, or vocab.json and merges.txt");
    }

    @Test
    void aFamilyThatCannotBeReadIsNamed() throws IOException {
        Path folder = EncoderFolders.bert(place.resolve("mine"));
        change(folder.resolve("config.json"), "\"bert\"", "\"gpt2\"");
        assertRefused(folder, "model_type \"gpt2\" cannot be read; there are bert, clip");
    }

    @Test
    void weightsOfAnotherShapeAreRefused() throws IOException {
        Path folder = EncoderFolders.bert(place.resolve("mine"));
        change(
                folder.resolve("config.json"),
                "\"intermediate_size\": 32",
                "\"intermediate_size\": 64");
        assertRefused(folder, "has shape (32, 16), its config.json needs (64, 16)");
    }

    @Test
    void missingWeightsAreCounted() throws IOException {
        Path folder = EncoderFolders.bert(place.resolve("mine"));
        change(
                folder.resolve("config.json"),
                "\"num_hidden_layers\": 2",
                "\"num_hidden_layers\": 3");
        assertRefused(folder, "lacks 16 of the 53 tensors");
    }

    @Test
    void impossibleSizesAreRefused() throws IOException {
        for (String heads : List.of("0", "3", "-1")) {
            Path folder = EncoderFolders.bert(place.resolve("heads " + heads));
            change(
                    folder.resolve("config.json"),
                    "\"num_attention_heads\": 2",
                    "\"num_attention_heads\": " + heads);
            assertRefused(folder, "num_attention_heads");
        }
        Path folder = EncoderFolders.bert(place.resolve("activation"));
        change(folder.resolve("config.json"), "\"gelu\"", "\"mish\"");
        assertRefused(folder, "the activation 'mish' is not known; there are gelu");
    }

    @Test
    void aVocabularyThatIsLargerThanTheTableIsRefused() throws IOException {
        Path folder = EncoderFolders.bert(place.resolve("mine"));
        change(folder.resolve("tokenizer.json"), "\"car\": 8", "\"car\": 40");
        assertRefused(folder, "has a token of number 40");
    }

    @Test
    void aDamagedVocabularyIsRefused() throws IOException {
        Path broken = EncoderFolders.bert(place.resolve("broken"));
        Files.writeString(broken.resolve("tokenizer.json"), "{\"model\": ");
        assertRefused(broken, "is not valid JSON");
        Path other = EncoderFolders.bert(place.resolve("other"));
        change(other.resolve("tokenizer.json"), "\"WordPiece\"", "\"Riddle\"");
        assertRefused(other, "type \"Riddle\" cannot be read");
        Path negative = EncoderFolders.bert(place.resolve("negative"));
        change(negative.resolve("tokenizer.json"), "\"car\": 8", "\"car\": -8");
        assertRefused(negative, "has the number -8");
        Path marks = EncoderFolders.bert(place.resolve("marks"));
        change(marks.resolve("tokenizer.json"), "\"[SEP]\": 3", "\"[TEP]\": 3");
        assertRefused(marks, "the vocabulary lacks [SEP]");
        Path merges = EncoderFolders.clip(place.resolve("merges"));
        Files.writeString(merges.resolve("merges.txt"), "#version: 0.2\nr e d\n");
        assertRefused(merges, "the merge 'r e d' is no pair");
    }

    @Test
    void damagedWeightsAreRefused() throws IOException {
        Path cut = EncoderFolders.bert(place.resolve("cut"));
        Path file = cut.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        assertRefused(cut, "model.safetensors");
    }

    @Test
    void weightsThatAreNoNumbersAreRefusedWhenTheyAreNeeded() throws IOException {
        Path folder = EncoderFolders.bert(place.resolve("mine"));
        Path file = folder.resolve("model.safetensors");
        SafetensorsWriter spoilt = new SafetensorsWriter();
        try (SafetensorsFile whole = SafetensorsFile.open(file)) {
            for (String name : whole.names()) {
                float[] values = whole.floats(name);
                values[0] =
                        name.endsWith("encoder.layer.1.output.dense.bias") ? Float.NaN : values[0];
                spoilt.floats(name, whole.shape(name), values);
            }
        }
        Files.delete(file);
        spoilt.write(file);
        try (TextEncoder encoder = TextEncoders.open(folder.toString(), Device.cpu());
                NDManager manager = NDManager.newBaseManager()) {
            assertThatThrownBy(() -> encoder.encode(manager, List.of("a"), 4))
                    .hasMessageContaining("encoder.layer.1.output.dense.bias holds NaN");
        }
    }

    @Test
    void aNameOfNothingIsRefused() {
        assertThatThrownBy(() -> TextEncoders.open("minilm-l7", Device.cpu()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there is no text encoder 'minilm-l7'");
    }

    private static void assertRefused(Path folder, String what) {
        assertThatThrownBy(() -> TextEncoders.open(folder.toString(), Device.cpu()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(what)
                .message()
                .doesNotContain("\n");
    }
}
