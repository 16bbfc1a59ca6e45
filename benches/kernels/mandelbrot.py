"""The Mandelbrot set in text."""


def mandelbrot(width, height, limit):
    rows = []
    for y in range(height):
        ci = 2.0 * y / height - 1.0
        row = 0
        for x in range(width):
            cr = 3.0 * x / width - 2.0
            zr = zi = 0.0
            n = 0
            while n < limit:
                r2 = zr * zr
                i2 = zi * zi
                if r2 + i2 > 4.0:
                    break
                zi = 2.0 * zr * zi + ci
                zr = r2 - i2 + cr
                n += 1
            row += n
        rows.append(row)
    return rows


rows = mandelbrot(160, 120, 200)
print(sum(rows), max(rows))
