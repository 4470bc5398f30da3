package io.zigma.backbone.zigma;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.base.SampleShape;
import io.zigma.condition.ByClass;
import io.zigma.condition.ByText;
import io.zigma.condition.Conditioning;
import io.zigma.condition.Unconditional;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.scan.Bidirectional;
import io.zigma.scan.Factorised;
import io.zigma.scan.Fidelity;
import io.zigma.scan.Hilbert;
import io.zigma.scan.ScanScheme;
import io.zigma.scan.Sweep;
import io.zigma.scan.Zigzag;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * Reads the official constructor's arguments; a test of a variant that is not built is skipped with
 * the variant.
 */
public final class OfficialConstructor {

    private OfficialConstructor() {}

    /**
     * Returns the configuration that official arguments describe.
     *
     * @param arguments the fixture's {@code constructor}
     * @return our configuration
     */
    public static ZigMaConfig config(JsonObject arguments) {
        return new ZigMaConfig(
                canvas(arguments),
                (int) number(arguments, "patch_size", 1),
                arguments.get("embed_dim").getAsInt(),
                arguments.get("depth").getAsInt(),
                scan(arguments.get("scan_type").getAsString()),
                mixer(
                        arguments.has("ssm_cfg")
                                ? arguments.getAsJsonObject("ssm_cfg")
                                : new JsonObject()),
                Positions.values()[(int) number(arguments, "use_pe", 0)],
                flag(arguments, "tpe", false),
                flag(arguments, "rms_norm", true) ? NormKind.RMS : NormKind.LAYER,
                number(arguments, "norm_epsilon", 1e-5),
                number(arguments, "drop_path_rate", 0),
                conditioning(arguments));
    }

    private static Conditioning conditioning(JsonObject arguments) {
        if (flag(arguments, "has_text", false)) {
            return new ByText(
                    arguments.get("d_context").getAsInt(),
                    (int) number(arguments, "n_context_token", 0));
        }
        int classes = (int) number(arguments, "num_classes", -1);
        return classes > 0 ? new ByClass(classes, false) : new Unconditional();
    }

    private static SampleShape canvas(JsonObject arguments) {
        int channels = arguments.get("in_channels").getAsInt();
        int side = arguments.get("img_dim").getAsInt();
        int frames = (int) number(arguments, "video_frames", 0);
        return frames > 0
                ? SampleShape.video(frames, channels, side, side)
                : SampleShape.image(channels, side, side);
    }

    /**
     * Returns the scan scheme of an official {@code scan_type}, as the official code computes it.
     *
     * @param type its name
     * @return ours
     */
    public static ScanScheme scan(String type) {
        String number = type.replaceFirst("^[a-z]+N", "");
        String letters = type.replaceFirst("^(zz)?video_", "");
        if (type.startsWith("zigzagN")) {
            return new Zigzag(Integer.parseInt(number));
        }
        if (type.startsWith("hilbertN")) {
            return new Hilbert(Integer.parseInt(number), Fidelity.COMPATIBLE);
        }
        if (!letters.equals(type)) {
            return Factorised.of(letters, Fidelity.COMPATIBLE);
        }
        return switch (type) {
            case "v1" -> new Sweep();
            case "v2" -> new Bidirectional();
            default -> Assumptions.abort("variant not built: scan_type " + type);
        };
    }

    /**
     * Returns the mixer that official {@code ssm_cfg} arguments describe.
     *
     * @param arguments d_state, d_conv, expand, dt_rank, bias, conv_bias; absent ones are as
     *     published
     * @return ours
     */
    public static MambaConfig mixer(JsonObject arguments) {
        return new MambaConfig(
                (int) number(arguments, "d_state", 16),
                (int) number(arguments, "d_conv", 4),
                (int) number(arguments, "expand", 2),
                (int) number(arguments, "dt_rank", 0),
                flag(arguments, "conv_bias", true),
                flag(arguments, "bias", false));
    }

    private static void skipIf(boolean unsupported, String variant) {
        Assumptions.assumeFalse(unsupported, "variant not built: " + variant);
    }

    private static double number(JsonObject object, String name, double fallback) {
        return Optional.ofNullable(object.get(name)).map(JsonElement::getAsDouble).orElse(fallback);
    }

    private static boolean flag(JsonObject object, String name, boolean fallback) {
        return Optional.ofNullable(object.get(name))
                .map(JsonElement::getAsBoolean)
                .orElse(fallback);
    }
}
