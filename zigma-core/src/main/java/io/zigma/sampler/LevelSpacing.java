package io.zigma.sampler;

import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.diffusion.Respacing;

/**
 * The setting of samplers with discrete steps that selects which of a process's steps they visit.
 */
final class LevelSpacing {

    static final String EVEN = "even";
    static final String STRIDE = "stride";

    static final Setting SPACING =
            Setting.text(
                    "spacing",
                    "which steps of the process are visited",
                    EVEN,
                    "even, stride (a whole one, from the data on) or how many in each of several"
                            + " equal parts, such as 10,15,20, the one nearest to the data first",
                    text -> {
                        if (!text.equalsIgnoreCase(EVEN) && !text.equalsIgnoreCase(STRIDE)) {
                            new Respacing(text);
                        }
                    });

    private LevelSpacing() {}

    /** The respacing of that many steps. */
    static Respacing of(int steps, Settings values) {
        return of(steps, values.text(SPACING));
    }

    private static Respacing of(int steps, String text) {
        if (steps < 1) {
            throw new IllegalArgumentException("sampling takes at least 1 step, not " + steps);
        }
        if (text.equals(EVEN)) {
            return Respacing.even(steps);
        }
        if (text.equals(STRIDE)) {
            return Respacing.stride(steps);
        }
        Respacing sections = new Respacing(text);
        if (sections.count() != steps) {
            throw new IllegalArgumentException(
                    "spacing %s makes %s steps, not %s".formatted(text, sections.count(), steps));
        }
        return sections;
    }

    /** How a respacing is written as that setting. */
    static String text(Respacing respacing) {
        if (respacing.equals(Respacing.even(respacing.count()))) {
            return EVEN;
        }
        return respacing.equals(Respacing.stride(respacing.count())) ? STRIDE : respacing.text();
    }
}
