package io.zigma.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonObject;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.codec.AutoencoderConfig;
import io.zigma.codec.SampleCodec;
import io.zigma.codec.TinyAutoencoders;
import io.zigma.convert.AutoencoderFiles.Tensor;
import io.zigma.io.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForeignAutoencoderTest {

    private static final AutoencoderConfig SHAPE = TinyAutoencoders.HALVING;

    /** Three levels with attention at one of them, so that CompVis' order of levels matters. */
    private static final AutoencoderConfig DEEP =
            new AutoencoderConfig(
                    3, 2, 3, 8, List.of(8, 4, 16), 2, List.of(1), true, 4, 1e-6, true, true, 1, 0);

    @TempDir Path folder;

    @Test
    void allSpellingsOfOneAutoencoderGiveOneCodec() throws IOException {
        for (AutoencoderConfig shape : List.of(SHAPE, DEEP)) {
            String hash = null;
            for (Map<String, Tensor> tensors :
                    List.of(
                            AutoencoderFiles.diffusers(shape, 3),
                            AutoencoderFiles.earlyDiffusers(shape, 3),
                            AutoencoderFiles.compVis(shape, 3))) {
                Path file =
                        AutoencoderFiles.safetensors(
                                tensors, Files.createTempFile(folder, "vae", ".safetensors"));
                CodecFolder codec = convert(file, shape);
                assertThat(codec.spec()).isEqualTo(shape);
                hash = hash == null ? codec.reference().hash() : hash;
                assertThat(codec.reference().hash()).isEqualTo(hash);
            }
        }
    }

    @Test
    void theCodecDecodesAsTheNetworkOfTheSameWeights() throws IOException {
        Path file =
                AutoencoderFiles.safetensors(
                        AutoencoderFiles.compVis(DEEP, 3), folder.resolve("vae.safetensors"));
        CodecFolder folder = convert(file, DEEP);
        try (NDManager manager = NDManager.newBaseManager();
                SampleCodec imported = folder.load(Device.cpu());
                SampleCodec same = TinyAutoencoders.codec(DEEP, 3)) {
            NDArray latents = manager.arange(18f).div(9).reshape(new Shape(1, 2, 3, 3));
            assertThat(imported.decode(latents).toFloatArray())
                    .containsExactly(same.decode(latents).toFloatArray());
        }
    }

    @Test
    void anAutoencoderWithinALatentModelIsFoundWithItsScale() throws IOException {
        Path file =
                AutoencoderFiles.torch(
                        AutoencoderFiles.compVis(SHAPE, 3),
                        "first_stage_model.",
                        folder.resolve("ldm.ckpt"));
        try (ForeignCheckpoint checkpoint = ForeignCheckpoint.open(file)) {
            ForeignAutoencoder found = ForeignAutoencoder.in(checkpoint, file).orElseThrow();
            assertThat(found.place()).isEqualTo("first_stage_model.*");
            assertThat(found.scale()).hasValue(0.25);
            assertThat(found.config(4, 0.5, 0)).isEqualTo(SHAPE);
        }
    }

    @Test
    void theDescriptionBesideAFileSaysWhatTheTensorsDoNot() throws IOException {
        Path file =
                AutoencoderFiles.safetensors(
                        AutoencoderFiles.diffusers(SHAPE, 3), folder.resolve("vae.safetensors"));
        Files.writeString(
                folder.resolve("config.json"),
                "{\"_class_name\": \"AutoencoderKL\", \"scaling_factor\": 0.3611, \"shift_factor\": 0.1159, \"norm_num_groups\": 4, \"latents_mean\": null}");
        try (ForeignCheckpoint checkpoint = ForeignCheckpoint.open(file)) {
            ForeignAutoencoder found = ForeignAutoencoder.in(checkpoint, file).orElseThrow();
            assertThat(found.scale()).hasValue(0.3611);
            assertThat(found.shift()).hasValue(0.1159);
            assertThat(found.groups()).hasValue(4);
        }
        Files.writeString(
                folder.resolve("config.json"),
                "{\"_class_name\": \"AutoencoderKL\", \"latents_std\": [1, 2]}");
        refused(file, "latents_std");
        Files.writeString(
                folder.resolve("config.json"),
                "{\"_class_name\": \"AutoencoderKL\", \"act_fn\": \"relu\"}");
        refused(file, "relu");
    }

    private static void refused(Path file, String reason) throws IOException {
        try (ForeignCheckpoint checkpoint = ForeignCheckpoint.open(file)) {
            assertThatThrownBy(() -> ForeignAutoencoder.in(checkpoint, file))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(reason);
        }
    }

    @Test
    void aFileWithoutAnAutoencoderHoldsNone() throws IOException {
        Map<String, Tensor> tensors = AutoencoderFiles.diffusers(SHAPE, 3);
        tensors.keySet().removeIf(name -> name.startsWith("encoder"));
        Path file = AutoencoderFiles.safetensors(tensors, folder.resolve("decoder.safetensors"));
        try (ForeignCheckpoint checkpoint = ForeignCheckpoint.open(file)) {
            assertThat(ForeignAutoencoder.in(checkpoint, file)).isEqualTo(Optional.empty());
        }
    }

    @Test
    void aMissingASurplusAndAMisshapenTensorAreNamed() throws IOException {
        Map<String, Tensor> tensors = AutoencoderFiles.compVis(SHAPE, 3);
        tensors.remove("decoder.mid.attn_1.q.bias");
        tensors.put("decoder.extra.weight", new Tensor(new float[] {1}, 1));
        tensors.put("encoder.norm_out.bias", new Tensor(new float[] {1, 2}, 2));
        Path file = AutoencoderFiles.safetensors(tensors, folder.resolve("vae.safetensors"));
        assertThatThrownBy(() -> convert(file, SHAPE))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("decoder.mid_block.attentions.0.to_q.bias is missing")
                .hasMessageContaining("decoder.extra.weight")
                .hasMessageContaining("encoder.conv_norm_out.bias has shape [2]");
        assertThat(folder.resolve("codec")).doesNotExist();
    }

    @Test
    void aWeightThatIsNoNumberLeavesNothingBehind() throws IOException {
        Map<String, Tensor> tensors = AutoencoderFiles.compVis(SHAPE, 3);
        tensors.get("quant_conv.bias").values()[1] = Float.NaN;
        Path file = AutoencoderFiles.safetensors(tensors, folder.resolve("vae.safetensors"));
        Path made = folder.resolve("made");
        try (ForeignCheckpoint checkpoint = ForeignCheckpoint.open(file)) {
            ForeignAutoencoder found = ForeignAutoencoder.in(checkpoint, file).orElseThrow();
            assertThatThrownBy(() -> found.convert(SHAPE, made, new JsonObject()))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("quant_conv.bias holds NaN");
        }
        assertThat(made).doesNotExist();
    }

    private CodecFolder convert(Path file, AutoencoderConfig shape) throws IOException {
        try (ForeignCheckpoint checkpoint = ForeignCheckpoint.open(file)) {
            ForeignAutoencoder found = ForeignAutoencoder.in(checkpoint, file).orElseThrow();
            AutoencoderConfig config = found.config(shape.groups(), shape.scale(), shape.shift());
            return found.convert(
                    config, file.resolveSibling(file.getFileName() + "-codec"), new JsonObject());
        }
    }
}
