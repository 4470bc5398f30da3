package io.zigma.codec;

import io.zigma.io.ShapedTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tensors of an autoencoder in a file of another program, under the names of diffusers: its own
 * ({@code encoder.down_blocks.0.resnets.0…}), those of its earlier versions ({@code query}, {@code
 * proj_attn}), and CompVis' ({@code encoder.down.0.block.0…}), alone or within a larger model
 * ({@code first_stage_model.…}).
 *
 * @param prefix of the names in the file, empty where it holds an autoencoder alone
 * @param names the file's name of each tensor by its name here
 * @param shapes sides by name here; a convolution of one pixel in an attention is a matrix
 */
public record AutoencoderTensors(
        String prefix, Map<String, String> names, Map<String, long[]> shapes) {

    private static final String FIRST = "decoder.conv_in.weight";

    private static final Pattern PARTS =
            Pattern.compile("(encoder|decoder|quant_conv|post_quant_conv)\\..*");
    private static final Pattern UP = Pattern.compile("decoder\\.up\\.(\\d{1,3})\\..*");
    private static final Pattern LEVEL =
            Pattern.compile(
                    "(encoder\\.down|decoder\\.up)\\.(\\d{1,3})\\.(block|attn|downsample|upsample)\\.(.*)");
    private static final Pattern MIDDLE =
            Pattern.compile("(encoder|decoder)\\.mid\\.(block_1|block_2|attn_1)\\.(.*)");
    private static final Pattern ATTENTION = Pattern.compile("(.*\\.attentions\\.\\d+)\\.(.*)");

    /** Parts of an attention by their names in CompVis' files and in early ones of diffusers. */
    private static final Map<String, String> OF_ATTENTION =
            Map.of(
                    "norm", "group_norm",
                    "q", "to_q",
                    "k", "to_k",
                    "v", "to_v",
                    "proj_out", "to_out.0",
                    "query", "to_q",
                    "key", "to_k",
                    "value", "to_v",
                    "proj_attn", "to_out.0");

    /** Copies the maps. */
    public AutoencoderTensors {
        names = Map.copyOf(names);
        shapes = Map.copyOf(shapes);
    }

    /**
     * Finds an autoencoder among tensors. What the file holds beside it, such as a discriminator or
     * the model of its latents, is passed over.
     *
     * @param tensors by the file's names
     * @return the autoencoder's tensors, or nothing if there is none
     */
    public static Optional<AutoencoderTensors> in(Map<String, ? extends ShapedTensor> tensors) {
        Optional<String> prefix =
                tensors.keySet().stream()
                        .filter(name -> name.endsWith(FIRST))
                        .map(name -> name.substring(0, name.length() - FIRST.length()))
                        .filter(before -> before.isEmpty() || before.endsWith("."))
                        .filter(before -> isOne(before, tensors))
                        .min((a, b) -> Integer.compare(a.length(), b.length()));
        return prefix.map(before -> under(before, tensors));
    }

    private static boolean isOne(String prefix, Map<String, ? extends ShapedTensor> tensors) {
        ShapedTensor encoder = tensors.get(prefix + "encoder.conv_in.weight");
        return encoder != null
                && encoder.shape().size() == 4
                && tensors.get(prefix + FIRST).shape().size() == 4
                && (tensors.containsKey(prefix + "decoder.mid_block.resnets.0.conv1.weight")
                        || tensors.containsKey(prefix + "decoder.mid.block_1.conv1.weight"));
    }

    private static AutoencoderTensors under(
            String prefix, Map<String, ? extends ShapedTensor> tensors) {
        List<String> own = new ArrayList<>();
        int levels = 0;
        for (String name : tensors.keySet()) {
            if (!name.startsWith(prefix)) {
                continue;
            }
            String part = name.substring(prefix.length());
            if (PARTS.matcher(part).matches()) {
                own.add(part);
                Matcher up = UP.matcher(part);
                if (up.matches()) {
                    levels = Math.max(levels, Integer.parseInt(up.group(1)) + 1);
                }
            }
        }
        Map<String, String> names = new LinkedHashMap<>();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (String name : own) {
            String here = translated(name, levels);
            if (names.containsKey(here)) {
                here = name; // two of one meaning: the second is reported as surplus
            }
            names.put(here, prefix + name);
            shapes.put(here, sides(here, tensors.get(prefix + name).sides()));
        }
        return new AutoencoderTensors(prefix, names, shapes);
    }

    /** A convolution of one pixel is a matrix product. */
    private static long[] sides(String name, long[] sides) {
        boolean onePixel = sides.length == 4 && sides[2] == 1 && sides[3] == 1;
        return onePixel && ATTENTION.matcher(name).matches()
                ? new long[] {sides[0], sides[1]}
                : sides;
    }

    /**
     * Translates a name.
     *
     * @param name in any of the spellings, without prefix
     * @param levels how many levels the decoder has; CompVis counts them from the pixels
     * @return the name in diffusers
     */
    static String translated(String name, int levels) {
        String here = name;
        Matcher level = LEVEL.matcher(here);
        Matcher middle = MIDDLE.matcher(here);
        if (level.matches()) {
            boolean down = level.group(1).equals("encoder.down");
            int number = Integer.parseInt(level.group(2));
            String rest = level.group(4);
            here =
                    "%s.%s.%s"
                            .formatted(
                                    down ? "encoder.down_blocks" : "decoder.up_blocks",
                                    down ? number : levels - 1 - number,
                                    switch (level.group(3)) {
                                        case "block" -> "resnets." + rest;
                                        case "attn" -> "attentions." + rest;
                                        case "downsample" -> "downsamplers.0." + rest;
                                        default -> "upsamplers.0." + rest;
                                    });
        } else if (middle.matches()) {
            here =
                    "%s.mid_block.%s.%s"
                            .formatted(
                                    middle.group(1),
                                    switch (middle.group(2)) {
                                        case "block_1" -> "resnets.0";
                                        case "block_2" -> "resnets.1";
                                        default -> "attentions.0";
                                    },
                                    middle.group(3));
        }
        Matcher attention = ATTENTION.matcher(here);
        if (attention.matches()) {
            String inner = attention.group(2);
            int dot = inner.indexOf('.');
            String part = dot < 0 ? inner : inner.substring(0, dot);
            String known = OF_ATTENTION.get(part);
            return known == null ? here : attention.group(1) + "." + known + inner.substring(dot);
        }
        return here.replace(".nin_shortcut.", ".conv_shortcut.")
                .replaceFirst("^(encoder|decoder)\\.norm_out\\.", "$1.conv_norm_out.");
    }

    /**
     * Infers the autoencoder's shape. Whether all tensors fit it is seen when it is compared with
     * the network.
     *
     * @param groups groups of the norms, which no tensor says
     * @param scale what samples are multiplied by
     * @param shift what is subtracted before
     * @return the shape
     * @throws IllegalArgumentException if tensors are missing that it follows from, or it is none
     *     that can be built
     */
    public AutoencoderConfig config(int groups, double scale, double shift) {
        long[] stem = sides("encoder.conv_in.weight", 4);
        int inner = side(sides("decoder.conv_in.weight", 4), 1);
        boolean quant = shapes.containsKey("quant_conv.weight");
        boolean postQuant = shapes.containsKey("post_quant_conv.weight");
        List<Integer> widths = new ArrayList<>();
        List<Integer> attention = new ArrayList<>();
        for (int level = 0; shapes.containsKey(ofLevel(level, 0)); level++) {
            widths.add(side(sides(ofLevel(level, 0), 4), 0));
            if (shapes.containsKey(
                    "encoder.down_blocks.%s.attentions.0.to_q.weight".formatted(level))) {
                attention.add(level);
            }
        }
        int layers = 0;
        while (shapes.containsKey(ofLevel(0, layers))) {
            layers++;
        }
        return new AutoencoderConfig(
                side(stem, 1),
                postQuant ? side(sides("post_quant_conv.weight", 4), 1) : inner,
                inner,
                side(stem, 0),
                widths,
                layers,
                attention,
                shapes.containsKey("encoder.mid_block.attentions.0.to_q.weight"),
                groups,
                AutoencoderConfig.EPSILON,
                quant,
                postQuant,
                scale,
                shift);
    }

    /**
     * Returns how many channels a latent has, which is known before groups and scale are.
     *
     * @return 4 in Stable Diffusion
     * @throws IllegalArgumentException if the tensors are damaged
     */
    public int latentChannels() {
        return shapes.containsKey("post_quant_conv.weight")
                ? side(sides("post_quant_conv.weight", 4), 1)
                : side(sides("decoder.conv_in.weight", 4), 1);
    }

    private static String ofLevel(int level, int block) {
        return "encoder.down_blocks.%s.resnets.%s.conv1.weight".formatted(level, block);
    }

    private long[] sides(String name, int axes) {
        long[] sides = shapes.get(name);
        if (sides == null || sides.length != axes) {
            throw new IllegalArgumentException(
                    sides == null
                            ? "the autoencoder lacks the tensor " + name
                            : "the tensor %s has %s axes, not %s"
                                    .formatted(name, sides.length, axes));
        }
        return sides;
    }

    private static int side(long[] sides, int axis) {
        return (int) Math.min(Integer.MAX_VALUE, sides[axis]);
    }
}
