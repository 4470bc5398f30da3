package io.zigma.backbone.adm;

import static io.zigma.backbone.ModelLimits.require;
import static io.zigma.backbone.ModelLimits.requireSize;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.zigma.backbone.ModelLimits;
import io.zigma.base.Named;
import io.zigma.base.SampleShape;
import io.zigma.base.Setting;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The sizes that ADM's U-Net and its classifier have in common.
 *
 * @param baseChannels C, which the multipliers multiply (official {@code num_channels}); the time's
 *     sinusoids are as many, its embedding four times as many
 * @param multipliers of the channels at each level, from the picture's own resolution downwards;
 *     each level has half the sides of the one before (official {@code channel_mult})
 * @param resBlocks residual blocks of each level on the way down; there is one more on the way up
 * @param attentionRates at which rates of downsampling each residual block is followed by
 *     attention: 1 for the picture's own resolution, 2 for half the sides, and so on, in rising
 *     order
 * @param heads of attention at every resolution; 0 where {@code headChannels} decides
 * @param headChannels channels of a head; 0 where {@code heads} decides
 * @param order of queries, keys and values
 * @param scaleShift whether time and class scale and shift what the second norm gives (adaptive
 *     group norm; official {@code use_scale_shift_norm}), or are added before it
 * @param resampling how the network goes from one resolution to the next
 * @param dropout probability that a residual block leaves out an activation before its second
 *     convolution while it trains, 0 for none (official {@code dropout})
 */
public record AdmShape(
        int baseChannels,
        List<Double> multipliers,
        int resBlocks,
        List<Integer> attentionRates,
        int heads,
        int headChannels,
        QkvOrder order,
        boolean scaleShift,
        Resampling resampling,
        double dropout) {

    /** Groups of every norm. */
    static final int GROUPS = 32;

    /** Added to the variance in every norm (PyTorch's default). */
    static final double EPSILON = 1e-5;

    private static final String NONE = "none";
    private static final String DROPOUT = "dropout";
    private static final int EMBEDDING = 4;
    private static final int MOST_LEVELS = 12;

    /**
     * Makes a shape without dropout.
     *
     * @param baseChannels C, which the multipliers multiply
     * @param multipliers of the channels at each level
     * @param resBlocks residual blocks of each level on the way down
     * @param attentionRates at which rates of downsampling there is attention
     * @param heads of attention; 0 where {@code headChannels} decides
     * @param headChannels channels of a head; 0 where {@code heads} decides
     * @param order of queries, keys and values
     * @param scaleShift whether time and class scale and shift, or are added
     * @param resampling how the network goes from one resolution to the next
     */
    public AdmShape(
            int baseChannels,
            List<Double> multipliers,
            int resBlocks,
            List<Integer> attentionRates,
            int heads,
            int headChannels,
            QkvOrder order,
            boolean scaleShift,
            Resampling resampling) {
        this(
                baseChannels,
                multipliers,
                resBlocks,
                attentionRates,
                heads,
                headChannels,
                order,
                scaleShift,
                resampling,
                0);
    }

    /**
     * Checks that the parts fit.
     *
     * @throws IllegalArgumentException with what to change
     */
    public AdmShape {
        multipliers = List.copyOf(multipliers);
        attentionRates = List.copyOf(attentionRates);
        requireSize("number of base channels", baseChannels, ModelLimits.SIZE);
        requireSize("number of residual blocks a level", resBlocks, ModelLimits.DEPTH);
        requireSize("number of levels", multipliers.size(), MOST_LEVELS);
        for (double multiplier : multipliers) {
            double channels = multiplier * baseChannels;
            require(
                    channels >= GROUPS
                            && channels <= ModelLimits.SIZE
                            && (int) channels % GROUPS == 0,
                    "%d base channels times %s are %s channels, the norms need a multiple of %d",
                    baseChannels,
                    Setting.plain(multiplier),
                    Setting.plain(channels),
                    GROUPS);
        }
        require(
                dropout >= 0 && dropout < 1,
                "dropout is %s, use 0 (none) up to but not 1",
                dropout);
        int lowest = 1 << (multipliers.size() - 1);
        int before = 0;
        for (int rate : attentionRates) {
            require(
                    rate > before && Integer.bitCount(rate) == 1 && rate <= lowest,
                    "attention at rate %d of downsampling; use some of 1, 2, 4 up to %d, in rising order",
                    rate,
                    lowest);
            before = rate;
        }
        require(
                heads >= 0 && headChannels >= 0 && (heads == 0) != (headChannels == 0),
                "attention has %d heads of %d channels; give one of the two, and 0 for the other",
                heads,
                headChannels);
        for (int level = 0; level < multipliers.size(); level++) {
            boolean attends = attentionRates.contains(1 << level) || 1 << level == lowest;
            int width = (int) (multipliers.get(level) * baseChannels);
            int part = heads > 0 ? heads : headChannels;
            require(
                    !attends || width % part == 0,
                    "attention on %d channels cannot have %s; change base-channels, head-channels or head-count",
                    width,
                    heads > 0 ? heads + " heads" : "heads of " + headChannels + " channels");
        }
    }

    /**
     * Refuses pictures that cannot be halved as often as there are levels.
     *
     * @param sample the pictures
     * @throws IllegalArgumentException with what to change
     */
    void requireFits(SampleShape sample) {
        require(
                !sample.isVideo(),
                "ADM generates images, not videos; choose another backbone for %s",
                sample);
        requireSize("image height", sample.height(), ModelLimits.IMAGE_SIDE);
        requireSize("image width", sample.width(), ModelLimits.IMAGE_SIDE);
        requireSize("number of channels", sample.channels(), ModelLimits.CHANNELS);
        int lowest = 1 << (levels() - 1);
        require(
                sample.height() % lowest == 0 && sample.width() % lowest == 0,
                "image %d×%d cannot be halved %d times; change the image size, or give fewer multipliers",
                sample.height(),
                sample.width(),
                levels() - 1);
    }

    int levels() {
        return multipliers.size();
    }

    /** Channels of a level. */
    int width(int level) {
        return (int) (multipliers.get(level) * baseChannels);
    }

    /** Channels of the embedding of time and class. */
    int embeddingSize() {
        return EMBEDDING * baseChannels;
    }

    /** Whether residual blocks of a level are followed by attention. */
    boolean attendsAt(int level) {
        return attentionRates.contains(1 << level);
    }

    /** Heads of attention on so many channels. */
    int headsOf(int channels) {
        return heads > 0 ? heads : channels / headChannels;
    }

    /** In words, for people. */
    String summary() {
        return "%s a level, levels of %s channels"
                .formatted(
                        resBlocks == 1 ? "1 residual block" : resBlocks + " residual blocks",
                        IntStream.range(0, levels())
                                .mapToObj(level -> Integer.toString(width(level)))
                                .collect(Collectors.joining(", ")));
    }

    /** Where attention is and how it is divided, for people. */
    String attentionSummary() {
        String where =
                attentionRates.isEmpty()
                        ? "in the middle"
                        : "in the middle and at 1/%s of the sides"
                                .formatted(
                                        attentionRates.stream()
                                                .map(String::valueOf)
                                                .collect(Collectors.joining(", 1/")));
        return "%s, %s"
                .formatted(
                        where,
                        heads > 0 ? heads + " heads" : "heads of " + headChannels + " channels");
    }

    JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("base_channels", baseChannels);
        json.addProperty("multipliers", multipliersText());
        json.addProperty("res_blocks", resBlocks);
        JsonArray rates = new JsonArray();
        attentionRates.forEach(rates::add);
        json.add("attention_rates", rates);
        json.addProperty("heads", heads);
        json.addProperty("head_channels", headChannels);
        json.addProperty("qkv_order", order.label());
        json.addProperty("scale_shift", scaleShift);
        json.addProperty("resampling", resampling.label());
        json.addProperty(DROPOUT, dropout);
        return json;
    }

    static final List<String> FIELDS =
            List.of(
                    "base_channels",
                    "multipliers",
                    "res_blocks",
                    "attention_rates",
                    "heads",
                    "head_channels",
                    "qkv_order",
                    "scale_shift",
                    "resampling",
                    DROPOUT);

    /** Folders written before there was dropout have no such field. */
    static AdmShape read(Fields json) throws CheckpointException {
        return new AdmShape(
                json.integer("base_channels"),
                json.parsed("multipliers", AdmShape::multipliers),
                json.integer("res_blocks"),
                json.integers("attention_rates"),
                json.integer("heads"),
                json.integer("head_channels"),
                json.parsed("qkv_order", text -> Named.parse("QKV order", text, QkvOrder.values())),
                json.flag("scale_shift"),
                json.parsed(
                        "resampling", text -> Named.parse("resampling", text, Resampling.values())),
                json.has(DROPOUT) ? json.number(DROPOUT) : 0);
    }

    /** The multipliers as users write them, such as {@code 1,2,3,4}. */
    String multipliersText() {
        return multipliersText(multipliers);
    }

    static String multipliersText(List<Double> multipliers) {
        return multipliers.stream().map(Setting::plain).collect(Collectors.joining(","));
    }

    /** The rates as users write them; {@code none} for none. */
    String attentionText() {
        return attentionText(attentionRates);
    }

    static String attentionText(List<Integer> attentionRates) {
        return attentionRates.isEmpty()
                ? NONE
                : attentionRates.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /**
     * Reads multipliers.
     *
     * @throws IllegalArgumentException if they are none
     */
    static List<Double> multipliers(String text) {
        return read(text, "numbers with commas between them, such as 1,2,2", Double::valueOf);
    }

    /**
     * Reads rates.
     *
     * @throws IllegalArgumentException if they are none
     */
    static List<Integer> attentionRates(String text) {
        return text.equalsIgnoreCase(NONE)
                ? List.of()
                : read(
                        text,
                        "rates with commas between them, such as 2,4, or none",
                        Integer::valueOf);
    }

    private static <T> List<T> read(String text, String what, Function<String, T> number) {
        try {
            return Arrays.stream(text.split(",", -1)).map(String::strip).map(number).toList();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("%s, not '%s'".formatted(what, text), e);
        }
    }
}
