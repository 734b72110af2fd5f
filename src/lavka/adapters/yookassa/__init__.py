"""The till of YooKassa (https://yookassa.ru/developers/api), over a client of our own: see decision 19."""
