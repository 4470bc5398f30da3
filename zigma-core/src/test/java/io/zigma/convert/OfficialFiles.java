package io.zigma.convert;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * The files that the authors of DiT, SiT, U-ViT, ADM and Stable Diffusion's autoencoder published,
 * by the arguments of their constructors, and smaller ones of the same kind.
 */
public final class OfficialFiles {

    private OfficialFiles() {}

    /**
     * DiT or SiT, which have the same tensors (official {@code models.py}).
     *
     * @param side of the latents
     * @param patch side of a patch
     * @param hidden size
     * @param depth blocks
     * @param classes without the null class
     * @param channels of the latents
     * @param learnSigma whether the head has channels of a variance
     */
    public static OfficialFile dit(
            int side,
            int patch,
            int hidden,
            int depth,
            int classes,
            int channels,
            boolean learnSigma) {
        long tokens = (long) (side / patch) * (side / patch);
        long outputs = (long) patch * patch * channels * (learnSigma ? 2 : 1);
        OfficialFile file =
                new OfficialFile()
                        .add("pos_embed", 1, tokens, hidden)
                        .layer("x_embedder.proj", hidden, channels, patch, patch)
                        .layer("t_embedder.mlp.0", hidden, 256)
                        .layer("t_embedder.mlp.2", hidden, hidden)
                        .add("y_embedder.embedding_table.weight", classes + 1, hidden);
        for (int i = 0; i < depth; i++) {
            String block = "blocks." + i + ".";
            file.layer(block + "attn.qkv", 3L * hidden, hidden)
                    .layer(block + "attn.proj", hidden, hidden)
                    .layer(block + "mlp.fc1", 4L * hidden, hidden)
                    .layer(block + "mlp.fc2", hidden, 4L * hidden)
                    .layer(block + "adaLN_modulation.1", 6L * hidden, hidden);
        }
        return file.layer("final_layer.linear", outputs, hidden)
                .layer("final_layer.adaLN_modulation.1", 2L * hidden, hidden);
    }

    /**
     * What U-ViT is conditioned on.
     *
     * @param rows of the table of classes, 0 for none
     * @param textSize of a token of text, 0 for none
     * @param textTokens of a text
     */
    public record Condition(int rows, int textSize, int textTokens) {

        /** Nothing. */
        public static final Condition NONE = new Condition(0, 0, 0);

        /** A table of classes. */
        public static Condition classes(int rows) {
            return new Condition(rows, 0, 0);
        }
    }

    /**
     * U-ViT (official {@code libs/uvit.py}, {@code libs/uvit_t2i.py}).
     *
     * @param side of the pictures or latents
     * @param patch side of a patch
     * @param channels of the pictures or latents
     * @param hidden size
     * @param depth blocks without the middle one
     * @param condition classes, text or nothing
     * @param convolution whether there is one at the end
     */
    public static OfficialFile uvit(
            int side,
            int patch,
            int channels,
            int hidden,
            int depth,
            Condition condition,
            boolean convolution) {
        long patches = (long) (side / patch) * (side / patch);
        long extras = 1L + (condition.rows > 0 ? 1 : 0) + condition.textTokens;
        OfficialFile file =
                new OfficialFile()
                        .add("pos_embed", 1, extras + patches, hidden)
                        .layer("patch_embed.proj", hidden, channels, patch, patch);
        if (condition.rows > 0) {
            file.add("label_emb.weight", condition.rows, hidden);
        }
        if (condition.textSize > 0) {
            file.layer("context_embed", hidden, condition.textSize);
        }
        for (int i = 0; i < depth / 2; i++) {
            uvitBlock(file, "in_blocks." + i + ".", hidden, false);
        }
        uvitBlock(file, "mid_block.", hidden, false);
        for (int i = 0; i < depth / 2; i++) {
            uvitBlock(file, "out_blocks." + i + ".", hidden, true);
        }
        file.layer("norm", hidden).layer("decoder_pred", (long) patch * patch * channels, hidden);
        return convolution ? file.layer("final_layer", channels, channels, 3, 3) : file;
    }

    private static void uvitBlock(OfficialFile file, String block, int hidden, boolean skip) {
        file.layer(block + "norm1", hidden)
                .add(block + "attn.qkv.weight", 3L * hidden, hidden)
                .layer(block + "attn.proj", hidden, hidden)
                .layer(block + "norm2", hidden)
                .layer(block + "mlp.fc1", 4L * hidden, hidden)
                .layer(block + "mlp.fc2", hidden, 4L * hidden);
        if (skip) {
            file.layer(block + "skip_linear", hidden, 2L * hidden);
        }
    }

    /** ADM's channel multipliers by the side of the pictures (official {@code create_model}). */
    public static double[] multipliers(int side) {
        return switch (side) {
            case 64 -> new double[] {1, 2, 3, 4};
            case 128 -> new double[] {1, 1, 2, 3, 4};
            case 256 -> new double[] {1, 1, 2, 2, 4, 4};
            case 512 -> new double[] {0.5, 1, 1, 2, 2, 4, 4};
            default -> throw new IllegalArgumentException("no model of " + side);
        };
    }

    /**
     * ADM's flags, all with {@code --resblock_updown True --use_scale_shift_norm True --learn_sigma
     * True}.
     *
     * @param side {@code --image_size}
     * @param channels {@code --num_channels}
     * @param resBlocks {@code --num_res_blocks}
     * @param attention {@code --attention_resolutions}
     * @param multipliers {@code --channel_mult}
     */
    public record AdmFlags(
            int side, int channels, int resBlocks, int[] attention, double[] multipliers) {

        /** Those of a published size. */
        public static AdmFlags of(int side, int channels, int resBlocks) {
            return new AdmFlags(
                    side,
                    channels,
                    resBlocks,
                    new int[] {32, 16, 8},
                    OfficialFiles.multipliers(side));
        }

        private int width(int level) {
            return (int) (multipliers[level] * channels);
        }

        private boolean attends(int rate) {
            return Arrays.stream(attention).anyMatch(at -> side / at == rate);
        }
    }

    /**
     * ADM's U-Net (official {@code UNetModel}).
     *
     * @param flags its flags
     * @param inputs channels of what it is given, 6 for an upsampler
     * @param classes 0 for none
     */
    public static OfficialFile adm(AdmFlags flags, int inputs, int classes) {
        OfficialFile file = new OfficialFile();
        int time = 4 * flags.channels;
        Deque<Integer> widths = new ArrayDeque<>();
        timeEmbedding(file, flags.channels);
        if (classes > 0) {
            file.add("label_emb.weight", classes, time);
        }
        int width = down(file, flags, inputs, widths);
        int stage = 0;
        for (int level = flags.multipliers.length - 1; level >= 0; level--) {
            for (int i = 0; i <= flags.resBlocks; i++) {
                String place = "output_blocks." + stage++ + ".";
                int part = 0;
                resBlock(
                        file, place + part++ + ".", width + widths.pop(), flags.width(level), time);
                width = flags.width(level);
                if (flags.attends(1 << level)) {
                    attention(file, place + part++ + ".", width);
                }
                if (level > 0 && i == flags.resBlocks) {
                    resBlock(file, place + part + ".", width, width, time);
                }
            }
        }
        return file.layer("out.0", width).layer("out.2", 6, width, 3, 3);
    }

    /**
     * ADM's classifier with attention pooling (official {@code EncoderUNetModel}).
     *
     * @param flags its flags
     * @param classes how many
     */
    public static OfficialFile admClassifier(AdmFlags flags, int classes) {
        OfficialFile file = new OfficialFile();
        timeEmbedding(file, flags.channels);
        int width = down(file, flags, 3, new ArrayDeque<>());
        long lowest = flags.side >> (flags.multipliers.length - 1);
        return file.layer("out.0", width)
                .add("out.2.positional_embedding", width, lowest * lowest + 1)
                .layer("out.2.qkv_proj", 3L * width, width, 1)
                .layer("out.2.c_proj", classes, width, 1);
    }

    private static void timeEmbedding(OfficialFile file, int channels) {
        file.layer("time_embed.0", 4L * channels, channels)
                .layer("time_embed.2", 4L * channels, 4L * channels);
    }

    private static int down(OfficialFile file, AdmFlags flags, int inputs, Deque<Integer> widths) {
        int time = 4 * flags.channels;
        int width = flags.width(0);
        file.layer("input_blocks.0.0", width, inputs, 3, 3);
        widths.push(width);
        int stage = 1;
        for (int level = 0; level < flags.multipliers.length; level++) {
            for (int i = 0; i < flags.resBlocks; i++) {
                String place = "input_blocks." + stage++ + ".";
                resBlock(file, place + "0.", width, flags.width(level), time);
                width = flags.width(level);
                if (flags.attends(1 << level)) {
                    attention(file, place + "1.", width);
                }
                widths.push(width);
            }
            if (level < flags.multipliers.length - 1) {
                resBlock(file, "input_blocks." + stage++ + ".0.", width, width, time);
                widths.push(width);
            }
        }
        resBlock(file, "middle_block.0.", width, width, time);
        attention(file, "middle_block.1.", width);
        resBlock(file, "middle_block.2.", width, width, time);
        return width;
    }

    private static void resBlock(
            OfficialFile file, String block, int inputs, int outputs, int time) {
        file.layer(block + "in_layers.0", inputs)
                .layer(block + "in_layers.2", outputs, inputs, 3, 3)
                .layer(block + "emb_layers.1", 2L * outputs, time)
                .layer(block + "out_layers.0", outputs)
                .layer(block + "out_layers.3", outputs, outputs, 3, 3);
        if (inputs != outputs) {
            file.layer(block + "skip_connection", outputs, inputs, 1, 1);
        }
    }

    private static void attention(OfficialFile file, String block, int width) {
        file.layer(block + "norm", width)
                .layer(block + "qkv", 3L * width, width, 1)
                .layer(block + "proj_out", width, width, 1);
    }

    /**
     * Stable Diffusion's autoencoder under CompVis' names (official {@code
     * ldm/modules/diffusionmodules/model.py}), {@code ch_mult} 1, 2, 4, 4 as published.
     *
     * @param channels {@code ch}, 128 as published
     */
    public static OfficialFile autoencoder(int channels) {
        List<Integer> widths = List.of(channels, 2 * channels, 4 * channels, 4 * channels);
        int deepest = widths.size() - 1;
        OfficialFile file = new OfficialFile().layer("encoder.conv_in", channels, 3, 3, 3);
        int width = channels;
        for (int level = 0; level <= deepest; level++) {
            String place = "encoder.down." + level + ".";
            for (int i = 0; i < 2; i++) {
                picture(file, place + "block." + i + ".", width, widths.get(level));
                width = widths.get(level);
            }
            if (level < deepest) {
                file.layer(place + "downsample.conv", width, width, 3, 3);
            }
        }
        middle(file, "encoder.", width);
        file.layer("encoder.norm_out", width).layer("encoder.conv_out", 8, width, 3, 3);
        file.layer("decoder.conv_in", width, 4, 3, 3);
        middle(file, "decoder.", width);
        for (int level = deepest; level >= 0; level--) {
            String place = "decoder.up." + level + ".";
            for (int i = 0; i < 3; i++) {
                picture(file, place + "block." + i + ".", width, widths.get(level));
                width = widths.get(level);
            }
            if (level > 0) {
                file.layer(place + "upsample.conv", width, width, 3, 3);
            }
        }
        return file.layer("decoder.norm_out", width)
                .layer("decoder.conv_out", 3, width, 3, 3)
                .layer("quant_conv", 8, 8, 1, 1)
                .layer("post_quant_conv", 4, 4, 1, 1);
    }

    private static void middle(OfficialFile file, String part, int width) {
        picture(file, part + "mid.block_1.", width, width);
        file.layer(part + "mid.attn_1.norm", width);
        for (String name : List.of("q", "k", "v", "proj_out")) {
            file.layer(part + "mid.attn_1." + name, width, width, 1, 1);
        }
        picture(file, part + "mid.block_2.", width, width);
    }

    private static void picture(OfficialFile file, String block, int inputs, int outputs) {
        file.layer(block + "norm1", inputs)
                .layer(block + "conv1", outputs, inputs, 3, 3)
                .layer(block + "norm2", outputs)
                .layer(block + "conv2", outputs, outputs, 3, 3);
        if (inputs != outputs) {
            file.layer(block + "nin_shortcut", outputs, inputs, 1, 1);
        }
    }
}
