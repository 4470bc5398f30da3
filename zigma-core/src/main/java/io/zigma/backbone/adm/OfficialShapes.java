package io.zigma.backbone.adm;

import io.zigma.backbone.ModelLimits;
import io.zigma.backbone.OfficialTensors;
import io.zigma.backbone.Signature;
import io.zigma.base.SampleShape;
import io.zigma.condition.ByClass;
import io.zigma.condition.Conditioning;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Infers the specification from the shapes of an official state_dict, such as that of {@code
 * 256x256_diffusion.pt}.
 *
 * <p>What shapes leave open is taken as published: the side of the pictures, heads and order of the
 * attention by the multipliers of the channels; no null class.
 */
final class OfficialShapes {

    /** The last layer of each pool. */
    private static final Map<Pool, String> LAST =
            Map.of(
                    Pool.ATTENTION, "out.2.c_proj",
                    Pool.SPATIAL_V2, "out.3",
                    Pool.ADAPTIVE, "out.3",
                    Pool.SPATIAL, "out.2");

    private static final int COLOURS = 3;

    private OfficialShapes() {}

    /**
     * Reads shapes.
     *
     * @param tensors shape by name
     * @return the model, if all tensors and no others are its own
     */
    static Optional<AdmConfig> model(Map<String, long[]> tensors) {
        long[] time = tensors.get("time_embed.0.weight"); // (4C, C)
        long[] first = tensors.get("input_blocks.0.0.weight"); // (C, in, 3, 3)
        long[] last = tensors.get("out.2.weight"); // (out, C, 3, 3)
        long[] labels = tensors.get("label_emb.weight"); // (rows, 4C)
        if (!OfficialTensors.hasSides(time, 2)
                || !OfficialTensors.hasSides(first, 4)
                || !OfficialTensors.hasSides(last, 4)
                || (labels != null && !OfficialTensors.hasSides(labels, 2))
                || isUpsampler(first, last)) {
            return Optional.empty();
        }
        return Stream.of(AdmKind.Published.values())
                .flatMap(
                        published ->
                                shapes(tensors, (int) time[1], published)
                                        .flatMap(
                                                shape ->
                                                        model(shape, published, first, last, labels)
                                                                .stream()))
                .filter(config -> OfficialTensors.areOf(config, tensors))
                .findFirst();
    }

    /**
     * Reads the shapes of a classifier.
     *
     * @param tensors shape by name
     * @return the classifier, if all tensors and no others are its own
     */
    static Optional<AdmClassifierConfig> classifier(Map<String, long[]> tensors) {
        long[] time = tensors.get("time_embed.0.weight"); // (4C, C)
        long[] first = tensors.get("input_blocks.0.0.weight"); // (C, in, 3, 3)
        Pool pool = pool(tensors);
        if (!OfficialTensors.hasSides(time, 2)
                || !OfficialTensors.hasSides(first, 4)
                || pool == null) {
            return Optional.empty();
        }
        long[] last = tensors.get(LAST.get(pool) + ".weight"); // (classes, …)
        if (last == null || last.length < 2 || last[0] < 1 || last[0] > ModelLimits.SIZE) {
            return Optional.empty();
        }
        return Stream.of(AdmKind.Published.values())
                .flatMap(
                        published ->
                                shapes(tensors, (int) time[1], published)
                                        .map(OfficialShapes::ofClassifier)
                                        .flatMap(
                                                shape ->
                                                        classifier(
                                                                shape, published, first, last, pool)
                                                                .stream()))
                .filter(
                        config ->
                                OfficialTensors.areOf(config.create(0).namedParameters(), tensors))
                .findFirst();
    }

    /** Whether these are the tensors of an upsampler. */
    static boolean isUpsampler(Map<String, long[]> tensors) {
        long[] first = tensors.get("input_blocks.0.0.weight");
        long[] last = tensors.get("out.2.weight");
        return tensors.containsKey("middle_block.1.qkv.weight")
                && OfficialTensors.hasSides(first, 4)
                && OfficialTensors.hasSides(last, 4)
                && isUpsampler(first, last);
    }

    /**
     * Whether a file is one of the official upsamplers, such as {@code 64_256_upsampler.pt}: their
     * names and shapes are those of a model of six channels, but three of them are a smaller
     * picture that is enlarged.
     */
    private static boolean isUpsampler(long[] first, long[] last) {
        return first[1] == 2 * COLOURS && last[0] == 2 * COLOURS;
    }

    /** Published classifiers have heads of 64 channels in the order by head, at every size. */
    private static AdmShape ofClassifier(AdmShape shape) {
        return new AdmShape(
                shape.baseChannels(),
                shape.multipliers(),
                shape.resBlocks(),
                shape.attentionRates(),
                0,
                AdmClassifierConfig.HEAD_CHANNELS,
                QkvOrder.BY_HEAD,
                shape.scaleShift(),
                shape.resampling());
    }

    private static Optional<AdmClassifierConfig> classifier(
            AdmShape shape, AdmKind.Published published, long[] first, long[] last, Pool pool) {
        try {
            return Optional.of(
                    new AdmClassifierConfig(
                            SampleShape.image((int) first[1], published.side(), published.side()),
                            (int) last[0],
                            AdmKind.TIME_SCALE,
                            shape,
                            pool));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // sizes that no classifier has
        }
    }

    private static @Nullable Pool pool(Map<String, long[]> tensors) {
        if (tensors.containsKey("out.2.c_proj.weight")) {
            return Pool.ATTENTION;
        }
        if (tensors.containsKey("out.1.weight")) {
            return Pool.SPATIAL_V2;
        }
        if (tensors.containsKey("out.3.weight")) {
            return Pool.ADAPTIVE;
        }
        return OfficialTensors.hasSides(tensors.get("out.2.weight"), 2) ? Pool.SPATIAL : null;
    }

    private static Optional<AdmConfig> model(
            AdmShape shape,
            AdmKind.Published published,
            long[] first,
            long[] last,
            long @Nullable [] labels) {
        try {
            return Optional.of(
                    new AdmConfig(
                            new Signature(
                                    SampleShape.image(
                                            (int) first[1], published.side(), published.side()),
                                    (int) last[0],
                                    labels == null
                                            ? Conditioning.none()
                                            : new ByClass((int) labels[0], false),
                                    AdmKind.TIME_SCALE),
                            shape));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // sizes that no model has
        }
    }

    /** The shapes that the names of the blocks allow with a published model's multipliers. */
    private static Stream<AdmShape> shapes(
            Map<String, long[]> tensors, int baseChannels, AdmKind.Published published) {
        AdmShape like = published.shape();
        int blocks = inputBlocks(tensors);
        int levels = like.levels();
        if (blocks > tensors.size() || blocks % levels != 0 || blocks / levels < 2) {
            return Stream.empty();
        }
        int each = blocks / levels;
        long[] embedding = tensors.get("middle_block.0.emb_layers.1.weight"); // (2·C', 4C)
        long[] norm = tensors.get("middle_block.0.out_layers.0.weight"); // (C')
        if (embedding == null || norm == null || embedding.length == 0 || norm.length == 0) {
            return Stream.empty();
        }
        List<Integer> rates = new ArrayList<>();
        for (int level = 0; level < levels; level++) {
            if (tensors.containsKey("input_blocks.%s.1.qkv.weight".formatted(1 + level * each))) {
                rates.add(1 << level);
            }
        }
        return Stream.of(Resampling.values())
                .flatMap(
                        resampling -> {
                            try {
                                return Stream.of(
                                        new AdmShape(
                                                baseChannels,
                                                like.multipliers(),
                                                each - 1,
                                                rates,
                                                like.heads(),
                                                like.headChannels(),
                                                like.order(),
                                                embedding[0] == 2 * norm[0],
                                                resampling,
                                                like.dropout()));
                            } catch (IllegalArgumentException e) {
                                return Stream.empty(); // sizes that no model has
                            }
                        });
    }

    /**
     * Counts the blocks on the way down; of one that only takes means there is nothing in a file.
     */
    private static int inputBlocks(Map<String, long[]> tensors) {
        int count = 0;
        for (String name : tensors.keySet()) {
            if (name.startsWith("input_blocks.")) {
                String rest = name.substring("input_blocks.".length());
                int end = rest.indexOf('.');
                count =
                        Math.max(
                                count, end < 1 || end > 4 ? 0 : number(rest.substring(0, end)) + 1);
            }
        }
        return count;
    }

    private static int number(String text) {
        return text.chars().allMatch(c -> c >= '0' && c <= '9') ? Integer.parseInt(text) : 0;
    }
}
