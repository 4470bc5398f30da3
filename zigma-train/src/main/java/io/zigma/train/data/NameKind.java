package io.zigma.train.data;

import java.util.Locale;
import java.util.Set;

/** What a file or folder is by its name alone. */
enum NameKind {
    /** Ends as pictures do; what cannot be read of these is named. */
    PICTURE,
    /** Has no ending, so that its content must say what it is. */
    UNKNOWN,
    /** Has another ending; counted. */
    OTHER,
    /** Hidden, or a folder that other programs put beside one's own; counted. */
    CLUTTER,
    /** A small file that systems leave everywhere; not worth a word. */
    SILENT;

    // those without a decoder are here to be named as left out
    private static final Set<String> ENDINGS =
            Set.of(
                    "png", "apng", "jpg", "jpeg", "jpe", "jfif", "gif", "bmp", "dib", "tif", "tiff",
                    "webp", "avif", "heic", "heif", "jxl", "jp2", "ppm", "pgm", "pbm", "pnm", "psd",
                    "exr");

    /** Of these some are decoded; the others are here to be named as left out. */
    private static final Set<String> VIDEOS =
            Set.of(
                    "mp4", "m4v", "mov", "webm", "mkv", "avi", "mpg", "mpeg", "wmv", "flv", "ogv",
                    "3gp");

    private static final Set<String> FOLDERS =
            Set.of("@eadir", "__macosx", "$recycle.bin", "system volume information", "#recycle");

    private static final Set<String> FILES =
            Set.of("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r");

    private static final int LONGEST_ENDING = 5;

    /** Returns a folder's kind: {@link #CLUTTER}, or {@link #PICTURE} if it is to be read. */
    static NameKind ofFolder(String name) {
        return name.startsWith(".") || FOLDERS.contains(name.toLowerCase(Locale.ROOT))
                ? CLUTTER
                : PICTURE;
    }

    /** Returns a file's kind. */
    static NameKind ofFile(String name) {
        if (name.startsWith("._")
                || name.equals(".DS_Store")
                || FILES.contains(name.toLowerCase(Locale.ROOT))) {
            return SILENT;
        }
        String ending = ending(name);
        if (name.startsWith(".")) {
            return ENDINGS.contains(ending) ? CLUTTER : SILENT;
        }
        if (ENDINGS.contains(ending)) {
            return PICTURE;
        }
        return ending.isEmpty() ? UNKNOWN : OTHER;
    }

    /** Returns whether a file's name ends as those of videos do. */
    static boolean isVideo(String name) {
        return VIDEOS.contains(ending(name));
    }

    /**
     * Returns what follows the last dot, in lower case; nothing if it is no ending: digits only, or
     * longer than endings are.
     */
    static String ending(String name) {
        int dot = name.lastIndexOf('.');
        String behind = dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
        boolean plausible =
                behind.length() <= LONGEST_ENDING
                        && behind.chars().allMatch(c -> c < 128 && Character.isLetterOrDigit(c))
                        && behind.chars().anyMatch(Character::isLetter);
        return plausible ? behind : "";
    }
}
