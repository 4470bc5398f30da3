package io.zigma.emoji;

import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** Whose drawings the pictures are made of, and what must be said of it where they go. */
final class Licences {

    private Licences() {}

    private static final Map<Style, String> ROWS =
            Map.of(
                    Style.FLUENT,
                    "| fluent | [Fluent Emoji](https://github.com/microsoft/fluentui-emoji), with gradients | Microsoft Corporation | MIT |",
                    Style.FLAT,
                    "| flat | [Fluent Emoji](https://github.com/microsoft/fluentui-emoji), flat | Microsoft Corporation | MIT |",
                    Style.NOTO,
                    "| noto | [Noto Emoji](https://github.com/googlefonts/noto-emoji) | Google Inc | [Apache 2.0](https://www.apache.org/licenses/LICENSE-2.0) |",
                    Style.TWEMOJI,
                    "| twemoji | [Twemoji](https://github.com/twitter/twemoji) | Twitter, Inc and other contributors | [CC-BY 4.0](https://creativecommons.org/licenses/by/4.0/) |");

    /** Returns the text beside the pictures. */
    static String text(EmojiOptions options, Catalogue catalogue) {
        return "# Emoji: where these pictures come from\n\n"
                + "%s things in up to four styles, %s × %s pixels; %s pictures to train on and %s to test with in %s poses, %s for a classifier in varied ones; seed %s.\nMade by `zigma data emoji` from icon sets in the collection of Iconify.\n\n"
                        .formatted(
                                catalogue.things().size(),
                                options.size(),
                                options.size(),
                                options.train(),
                                options.test(),
                                options.poses().word(),
                                options.classifier(),
                                options.seed())
                + table(Set.of(Style.values()), false)
                + STILL
                + NAMING.formatted("pictures", "pictures")
                + MIT;
    }

    /** Returns the text beside clips. */
    static String text(
            MovingOptions options, Catalogue catalogue, int moved, Collection<Integer> animated) {
        int animations = animated.stream().mapToInt(Integer::intValue).sum();
        boolean fluent =
                animations > 0
                        || options.styles().contains(Style.FLUENT)
                        || options.styles().contains(Style.FLAT);
        return "# Moving emoji: where these clips come from\n\n"
                + "%s things, %s frames of %s × %s pixels; %s clips to train on, %s to test with, %s for classifiers; seed %s.\nMade by `zigma data moving` from still icons in the collection of Iconify.\n\n"
                        .formatted(
                                catalogue.things().size(),
                                options.frames(),
                                options.size(),
                                options.size(),
                                options.train(),
                                options.test(),
                                options.classifier(),
                                options.seed())
                + (animations > 0 ? SOURCES.formatted(moved, animations) : "")
                + table(options.styles(), animations > 0)
                + MOVING
                + (animations > 0 ? ANIMATED : "")
                + NAMING.formatted("clips", "clips")
                + (fluent ? MIT : "");
    }

    private static String table(Set<Style> styles, boolean animated) {
        StringBuilder table =
                new StringBuilder("| style | set | by | licence |\n| --- | --- | --- | --- |\n");
        for (Style style : Style.values()) {
            if (styles.contains(style)) {
                table.append(ROWS.get(style)).append('\n');
            }
        }
        if (animated) {
            table.append(ANIMATED_ROW);
        }
        return table.append('\n').toString();
    }

    private static final String ANIMATED_ROW =
            "| animated | [Fluent Emoji, animated](https://github.com/microsoft/fluentui-emoji-animated), as packed by LobeHub in @lobehub/fluent-emoji-anim-1 to -4 | Microsoft Corporation | MIT |\n";

    private static final String SOURCES =
            "%s of the clips are of still icons that were moved, %s of emoji that their makers have animated.\n\n";

    private static final String ANIMATED =
            """
            The animated ones (attribute `motion`: `animated`) are drawn small, shifted and mirrored, on coloured backgrounds, and
            have fewer frames than before. The table takes them for those of these packages: if they are of other makers, name
            those in its last line.
            """;

    private static final String STILL =
            """
            What was changed in all of them: they are drawn small, shifted, shrunk and mirrored; in many, the main colour is
            another one; many have a coloured background. Their makers have no part in that and do not endorse it.
            """;

    private static final String MOVING =
            """
            What was changed in all of them: they are drawn small, mirrored, and moved about from frame to frame; in many, the
            main colour is another one; many have a coloured background. Their makers have no part in that and do not endorse it.
            """;

    private static final String NAMING =
            """

            Whoever passes these %s on, or %s that a model made after them, names the makers as the table does: CC-BY
            asks for it, and the others deserve it.
            """;

    private static final String MIT =
            """

            ## MIT licence of Fluent Emoji

            Copyright (c) Microsoft Corporation.

            Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
            documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
            rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
            persons to whom the Software is furnished to do so, subject to the following conditions:

            The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
            Software.

            THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
            WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
            COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
            OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
            """;
}
