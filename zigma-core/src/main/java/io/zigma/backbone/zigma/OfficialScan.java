package io.zigma.backbone.zigma;

import io.zigma.io.SafetensorsHeader;
import io.zigma.scan.Bidirectional;
import io.zigma.scan.Factorised;
import io.zigma.scan.Fidelity;
import io.zigma.scan.Hilbert;
import io.zigma.scan.ScanScheme;
import io.zigma.scan.Sweep;
import io.zigma.scan.Zigzag;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The official {@code scan_type}: a word, or a word and a number or a pattern. */
final class OfficialScan {

    private static final Pattern COUNTED =
            Pattern.compile("(zigzag|hilbert|random|parallel)N([1-9]\\d{0,8})");
    private static final Pattern FACTORISED = Pattern.compile("(?:zz)?video_([st]+)");

    private OfficialScan() {}

    /**
     * Returns the scheme that official weights were trained with, its bugs included.
     *
     * @param type such as {@code zigzagN8}
     * @param video whether the model is one of videos
     * @throws IllegalArgumentException with the reason, if there is none or it cannot be reproduced
     */
    static ScanScheme parse(String type, boolean video) {
        Matcher factorised = FACTORISED.matcher(type);
        if (factorised.matches()) {
            return Factorised.of(factorised.group(1), Fidelity.COMPATIBLE);
        }
        Matcher counted = COUNTED.matcher(type);
        if (counted.matches()) {
            if (video) {
                throw new IllegalArgumentException(
                        "%s is a path of one frame, and the official program stops with an error on videos"
                                .formatted(SafetensorsHeader.shown(type)));
            }
            return counted(type, counted.group(1), Integer.parseInt(counted.group(2)));
        }
        return switch (type) {
            case "v1" -> new Sweep();
            case "v2" -> new Bidirectional();
            default ->
                    throw new IllegalArgumentException(
                            "%s is none of v1, v2, zigzagN1 to zigzagN8, hilbertN1 to hilbertN8, zzvideo_ and a pattern such as sst"
                                    .formatted(SafetensorsHeader.shown(type)));
        };
    }

    private static ScanScheme counted(String type, String kind, int count) {
        return switch (kind) {
            case "zigzag" -> new Zigzag(count);
            case "hilbert" -> new Hilbert(count, Fidelity.COMPATIBLE);
            case "random" ->
                    throw new IllegalArgumentException(
                            "%s cannot be reproduced: the official program samples new orders each time and does not save them"
                                    .formatted(SafetensorsHeader.shown(type)));
            default ->
                    throw new IllegalArgumentException(
                            "%s stops the official program with an error, so that nothing says which weights belong to which direction"
                                    .formatted(SafetensorsHeader.shown(type)));
        };
    }
}
