package io.zigma.train.data;

import io.zigma.media.PictureFormat;

/** A data set whose pictures, or frames, are all brought to one format. */
abstract class FormattedPictures implements ImageDataset {

    private final String name;
    private final PictureFormat format;

    /**
     * Makes a data set.
     *
     * @param name for messages and model cards
     * @param format of every picture or frame
     */
    FormattedPictures(String name, PictureFormat format) {
        this.name = name;
        this.format = format;
    }

    /** Returns what pictures are brought to. */
    final PictureFormat format() {
        return format;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final int channels() {
        return format.channels();
    }

    @Override
    public final int height() {
        return format.height();
    }

    @Override
    public final int width() {
        return format.width();
    }
}
