package io.zigma.convert;

import io.zigma.codec.Autoencoder;
import io.zigma.codec.AutoencoderConfig;
import io.zigma.codec.TinyAutoencoders;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tiny autoencoders as other programs save them. */
public final class AutoencoderFiles {

    private AutoencoderFiles() {}

    /**
     * A tensor.
     *
     * @param values elements
     * @param sides shape
     */
    public record Tensor(float[] values, long... sides) {}

    /**
     * Returns the tensors under the names of diffusers.
     *
     * @param config the autoencoder's shape
     * @param seed decides the weights
     * @return by name
     */
    public static Map<String, Tensor> diffusers(AutoencoderConfig config, long seed) {
        Map<String, float[]> weights = TinyAutoencoders.weights(config, seed);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        new Autoencoder(config)
                .namedParameters()
                .forEach(
                        (name, parameter) ->
                                tensors.put(
                                        name,
                                        new Tensor(
                                                weights.get(name),
                                                parameter.getShape().getShape())));
        return tensors;
    }

    /**
     * Returns the same as early versions of diffusers named them.
     *
     * @param config the autoencoder's shape
     * @param seed decides the weights
     * @return by name
     */
    public static Map<String, Tensor> earlyDiffusers(AutoencoderConfig config, long seed) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        diffusers(config, seed)
                .forEach(
                        (name, tensor) ->
                                tensors.put(
                                        name.replace("to_q", "query")
                                                .replace("to_k", "key")
                                                .replace("to_v", "value")
                                                .replace("to_out.0", "proj_attn"),
                                        tensor));
        return tensors;
    }

    /**
     * Returns the same under CompVis' names, attention as convolutions of one pixel.
     *
     * @param config the autoencoder's shape
     * @param seed decides the weights
     * @return by name
     */
    public static Map<String, Tensor> compVis(AutoencoderConfig config, long seed) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        int deepest = config.widths().size() - 1;
        diffusers(config, seed)
                .forEach(
                        (name, tensor) -> {
                            String official = name;
                            for (int i = 0; i <= deepest; i++) {
                                official =
                                        official.replace(
                                                "up_blocks." + i + ".",
                                                "up." + (deepest - i) + ".");
                            }
                            official =
                                    official.replace("down_blocks.", "down.")
                                            .replace("mid_block.resnets.0", "mid.block_1")
                                            .replace("mid_block.resnets.1", "mid.block_2")
                                            .replace("mid_block.attentions.0", "mid.attn_1")
                                            .replace("resnets.", "block.")
                                            .replace("attentions.", "attn.")
                                            .replace("downsamplers.0", "downsample")
                                            .replace("upsamplers.0", "upsample")
                                            .replace("group_norm", "norm")
                                            .replace("to_q", "q")
                                            .replace("to_k", "k")
                                            .replace("to_v", "v")
                                            .replace("to_out.0", "proj_out")
                                            .replace("conv_shortcut", "nin_shortcut")
                                            .replace("conv_norm_out", "norm_out");
                            boolean matrix =
                                    tensor.sides().length == 2 && official.contains("attn");
                            tensors.put(
                                    official,
                                    matrix
                                            ? new Tensor(
                                                    tensor.values(),
                                                    tensor.sides()[0],
                                                    tensor.sides()[1],
                                                    1,
                                                    1)
                                            : tensor);
                        });
        return tensors;
    }

    /**
     * Writes a safetensors file.
     *
     * @param tensors by name
     * @param file where to
     * @return the file
     * @throws IOException if writing fails
     */
    public static Path safetensors(Map<String, Tensor> tensors, Path file) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        tensors.forEach((name, tensor) -> writer.floats(name, tensor.sides(), tensor.values()));
        writer.write(file);
        return file;
    }

    /**
     * Writes a file of {@code torch.save} that holds the autoencoder within a larger model.
     *
     * @param tensors by name
     * @param prefix before each name, such as {@code first_stage_model.}
     * @param file where to
     * @return the file
     * @throws IOException if writing fails
     */
    public static Path torch(Map<String, Tensor> tensors, String prefix, Path file)
            throws IOException {
        TinyTorchFiles torch = new TinyTorchFiles();
        List<String> place = List.of("state_dict");
        torch.tensor(place, "model.diffusion_model.out.weight", new float[] {1, 2}, 2);
        torch.tensor(place, "scale_factor", new float[] {0.25f});
        tensors.forEach(
                (name, tensor) ->
                        torch.tensor(place, prefix + name, tensor.values(), tensor.sides()));
        return torch.write(file);
    }
}
